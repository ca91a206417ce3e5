using System.Text.Json.Serialization;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// A line of <c>layers.jsonl</c>: what one step did to one matrix; or, without a matrix, the largest attention logit of one
/// layer; or, without a layer, the clip rate.
/// </summary>
internal sealed record LayerMeasure
{
    /// <summary>The run's folder, where one file holds all runs of a published figure; null in a run's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Run { get; init; }

    /// <summary>The step, counted from 1.</summary>
    public required long Step { get; init; }

    /// <summary>The block, from 0; null outside the blocks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Layer { get; init; }

    /// <summary>Which matrix of the block, such as <c>attn.c_attn</c>; null where the line is not about a matrix.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Matrix { get; init; }

    /// <summary>Root mean square of the update before learning rate and decay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? UpdateRms { get; init; }

    /// <summary>Root mean square of the weights after the step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WeightRms { get; init; }

    /// <summary>The update's smallest singular value; of several matrices in one parameter, the smallest of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SigmaMin { get; init; }

    /// <summary>The update's largest singular value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SigmaMax { get; init; }

    /// <summary>The update's ‖u‖²/σmax², between 1 and the rank.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StableRank { get; init; }

    /// <summary>Cosine between the step and the direction against the gradient of a batch 16 times as large (<see cref="LargeBatch"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Cosine { get; init; }

    /// <summary>The largest of q·k/√d before the softmax over the first validation windows, after the step; of a layer, over its heads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LargestLogit { get; init; }

    /// <summary>Share of the logged steps since the line before whose gradient was clipped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ClipRate { get; init; }

    /// <summary>σmax/σmin of the update: 1 for an exact polar factor.</summary>
    [JsonIgnore]
    public double? Spread => SigmaMax / SigmaMin;
}
