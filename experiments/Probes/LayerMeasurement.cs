using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Probes;

/// <summary>Takes the measures of every layer of a session's model, with buffers of its own.</summary>
internal sealed class LayerMeasurement
{
    private const int Windows = 8;
    private readonly TrainingSession _session;
    private readonly (AttentionHeads Heads, int? Layer)[] _layers;
    private readonly Indices _inputs;
    private readonly Indices _targets;

    /// <summary>Measures of a session's model, attention logits over the first of the given windows.</summary>
    public LayerMeasurement(TrainingSession session, ValidationWindows windows)
    {
        _session = session;
        _layers = [.. session.Model.Parameters.Where(p => p.Heads is not null).Select(p => (p.Heads!.Value.Attention, Place(p.Name).Layer)).DistinctBy(l => l.Attention)];
        int rows = Math.Min(Windows, windows.Count), block = windows.BlockSize;
        int[] inputIds = new int[rows * block], targetIds = new int[rows * block];
        windows.Fill(0, inputIds, targetIds);
        (_inputs, _targets) = (session.Context.Indices([rows, block]), session.Context.Indices([rows, block]));
        _inputs.CopyFrom(inputIds);
        _targets.CopyFrom(targetIds);
    }

    /// <summary>A line a matrix, then a line for each layer's attention.</summary>
    /// <param name="step">The step that was taken last.</param>
    /// <param name="updates">What it did.</param>
    /// <param name="large">The gradient before it, or null.</param>
    public IReadOnlyList<LayerMeasure> Take(long step, IReadOnlyList<ParameterDiagnostics> updates, LargeBatch? large = null)
    {
        Dictionary<string, ParameterDiagnostics> byName = updates.ToDictionary(d => d.Parameter);
        return [.. _session.Model.Parameters.Where(p => p.Shape.Rank > 1).Select(p => Matrix(step, p, byName.GetValueOrDefault(p.Name), large)), .. Logits(step)];
    }

    /// <summary>The block that a parameter's name tells, and the rest of the name: <c>h.3.attn.c_attn.weight</c> is block 3's <c>attn.c_attn</c>.</summary>
    internal static (int? Layer, string Matrix) Place(string name)
    {
        string[] parts = [.. name.Split('.').Where(part => part != "weight")];
        int at = Array.FindIndex(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return at < 0 ? (null, string.Join('.', parts)) : (int.Parse(parts[at], CultureInfo.InvariantCulture), string.Join('.', parts[(at + 1)..]));
    }

    private static LayerMeasure Matrix(long step, Parameter parameter, ParameterDiagnostics? update, LargeBatch? large)
    {
        (int? layer, string matrix) = Place(parameter.Name);
        double squares = 0;
        float[] weights = parameter.Tensor.ToArray();
        foreach (float weight in weights) squares += (double)weight * weight;
        return new LayerMeasure
        {
            Step = step,
            Layer = layer,
            Matrix = matrix,
            UpdateRms = update?.UpdateRms,
            WeightRms = Math.Sqrt(squares / parameter.Shape.Count),
            SigmaMin = update?.Spectrum?.SigmaMin,
            SigmaMax = update?.Spectrum?.SigmaMax,
            StableRank = update?.Spectrum?.StableRank,
            Cosine = large?.Cosine(parameter.Name, weights),
        };
    }

    // A forward pass of its own, always over the same text. QK-clip has used what the step's passes recorded by now. Layers
    // record where a gradient could follow only, so this is no NoGrad pass.
    private List<LayerMeasure> Logits(long step)
    {
        foreach ((AttentionHeads heads, _) in _layers)
        {
            heads.Record();
            heads.Forget();
        }

        using (_session.Context.BeginStep()) _session.Model.Loss(_inputs, _targets);
        var measures = new List<LayerMeasure>();
        foreach ((AttentionHeads heads, int? layer) in _layers.Where(l => l.Heads.HasLogits))
        {
            double[] largest = new double[heads.Heads];
            _session.Context.Backend.Download(heads.LargestLogits, largest);
            heads.Forget();
            measures.Add(new LayerMeasure { Step = step, Layer = layer, LargestLogit = largest.Max() });
        }

        return measures;
    }
}
