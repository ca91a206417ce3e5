using System.Text.Json;
using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>A named optimizer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Source">Whose rule it is.</param>
/// <param name="Description">What is particular about it, in a sentence or two.</param>
/// <param name="Stages">Its stages, which its function returns.</param>
/// <param name="Options">The same as options, which text keys change, with the learning rate still to be set.</param>
public sealed record Preset(string Name, string Source, string Description, StageList Stages, OptimizerOptions Options)
{
    /// <summary>The equations, one line a stage, from the stages themselves.</summary>
    public IReadOnlyList<string> Equations => [.. Stages.Select(stage => stage.ToString())];

    /// <summary>The stage names in order, such as <c>momentum → nesterov → orthogonalize → shape-scale → update</c>.</summary>
    public string Pipeline => Stages.Names;

    /// <summary>What is kept for an m×n parameter, such as <c>momentum m×n, secondMoment m: 1 × the parameter</c>.</summary>
    public string State
    {
        get
        {
            StateSchema[] Schemas(Shape shape) => [.. Stages.SelectMany(stage => stage.State(shape))];
            (StateSchema[] tall, StateSchema[] wide) = (Schemas([7, 5]), Schemas([5, 7]));
            static string Size(Shape shape, int m) => shape.Rank == 0 ? "1" : string.Join("×", Enumerable.Range(0, shape.Rank).Where(i => shape[i] > 1).Select(i => shape[i] == m ? "m" : "n"));
            IEnumerable<string> tensors = tall.Zip(wide, (a, b) =>
            {
                (string first, string second) = (Size(a.Shape, 7), Size(b.Shape, 5));
                return $"{a.Name} {(first == second ? first : $"{first} (wide: {second})")}";
            });
            return $"{string.Join(", ", tensors)}: {tall.Count(schema => schema.Name is "momentum" or "secondMoment" && schema.Shape.Count == 35)} × the parameter";
        }
    }

    /// <summary>The preset with options that compile to the same stages, and change otherwise.</summary>
    internal Preset WithOptions(Func<OptimizerOptions, OptimizerOptions> change) => this with { Options = change(Options) };

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
