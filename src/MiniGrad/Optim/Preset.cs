using System.Text.Json;
using MiniGrad.Optim.Stages;

namespace MiniGrad.Optim;

/// <summary>A named optimizer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Source">Whose rule it is.</param>
/// <param name="Description">What is particular about it, in a sentence or two.</param>
/// <param name="Options">Its options, with the learning rate still to be set.</param>
public sealed record Preset(string Name, string Source, string Description, OptimizerOptions Options)
{
    /// <summary>The equations, one line a stage, from the stages themselves.</summary>
    public IReadOnlyList<string> Equations => [.. Options.Compile().Select(stage => stage.ToString())];

    /// <summary>The stage names in order, such as <c>momentum → nesterov → orthogonalize → shape-scale → update</c>.</summary>
    public string Pipeline => string.Join(" → ", StageList.Of(Options).Select(stage => stage.Name));

    /// <summary>What is kept for an m×n matrix, such as <c>momentum m×n, secondMoment m</c>; <c>nothing</c> when it is nothing.</summary>
    public string State
    {
        get
        {
            // Sizes that tell which is which; as many rows as columns or more, so that "auto" is per row.
            const int Rows = 7, Columns = 5;
            IEnumerable<string> kept = Options.Compile().SelectMany(stage => stage.State([Rows, Columns])).Select(schema => $"{schema.Name} {schema.Shape.Count switch
            {
                Rows * Columns => "m×n",
                Rows => "m",
                Columns => "n",
                _ => "1",
            }}");
            string text = string.Join(", ", kept);
            return text.Length == 0 ? "nothing" : text;
        }
    }

    /// <summary>The keys in which another preset differs, as <c>nesterov: true (muon: false)</c>.</summary>
    /// <param name="other">The other preset.</param>
    public IEnumerable<string> DifferencesFrom(Preset other)
    {
        if (Options.Kind != other.Options.Kind) yield return $"another family: {Pipeline} ({other.Name}: {other.Pipeline})";
        foreach (OptionKey key in OptionKey.All)
        {
            string mine = JsonSerializer.Serialize(key.Get(Options)), theirs = JsonSerializer.Serialize(key.Get(other.Options));
            if (mine != theirs) yield return $"{key.Name}: {mine.Trim('"')} ({other.Name}: {theirs.Trim('"')})";
        }
    }
}
