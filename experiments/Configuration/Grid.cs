using System.Globalization;

namespace MiniGrad.Experiments.Configuration;

/// <summary>A key of <c>--grid KEY=A,B,C</c> with its values.</summary>
/// <param name="Key">A key of an arm, <c>model.KEY</c> or <c>optimizer.KEY</c>.</param>
/// <param name="Values">Two or more.</param>
internal sealed record GridAxis(string Key, IReadOnlyList<string> Values)
{
    // Of these a best value means nothing.
    private static readonly string[] Unfit = ["profile", "corpus", "steps", "evaluateEvery"];

    /// <summary>Whether the optimizer alone has it.</summary>
    public bool IsOptimizer => Key.StartsWith("optimizer.", StringComparison.Ordinal);

    /// <summary>Reads an axis.</summary>
    /// <exception cref="CommandException">It is not of that form, or the key is unknown.</exception>
    public static GridAxis Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] values = equals < 1 ? [] : [.. Split(text[(equals + 1)..]).Select(v => v.Trim())];
        if (values.Length == 0 || values.Contains("")) throw CommandException.Usage($"--grid {text}: expected KEY=A,B,C, such as optimizer.momentum=0.9,0.95");
        if (values.Distinct().Count() < values.Length) throw CommandException.Usage($"--grid {text}: a value stands twice");
        string key = Full(text[..equals].Trim());
        return Unfit.Contains(key) ? throw CommandException.Usage($"--grid {text}: which {key} is best is no question that a loss answers; use --arm {key}=VALUE to see each") : new GridAxis(key, values);
    }

    /// <summary>Parts at the commas that stand outside of brackets.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var parts = new List<string>();
        (int depth, int from) = (0, 0);
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (text[i] != ',' || depth > 0) continue;
            parts.Add(text[from..i]);
            from = i + 1;
        }
        return [.. parts, text[from..]];
    }

    private static string Full(string key)
    {
        if (ArmSettings.Names.Contains(key)) return key;
        if (!key.Contains('.', StringComparison.Ordinal) || OptimizerOptions.Keys.Contains(key)) return $"optimizer.{SettingKeys.Optimizer(key, "--grid")}";
        (string section, string own) = SettingKeys.Require(key, "--grid");
        return $"{section}.{own}";
    }
}

/// <summary>What <c>--grid</c> asks for: rates, and the product of everything else.</summary>
/// <param name="Rates">Learning rates, or null where they are on no axis.</param>
/// <param name="Points">Assignments that hold together, at least one list, which may be empty.</param>
internal sealed record Grid(IReadOnlyList<double>? Rates, IReadOnlyList<IReadOnlyList<string>> Points)
{
    private const int MostPoints = 1000;

    /// <summary>The grid of a command line.</summary>
    /// <exception cref="CommandException">An axis is wrong, or a key stands twice.</exception>
    public static Grid Of(IReadOnlyList<string> texts)
    {
        GridAxis[] axes = [.. texts.Select(GridAxis.Parse)];
        if (axes.GroupBy(a => a.Key).FirstOrDefault(g => g.Count() > 1) is { } twice) throw CommandException.Usage($"--grid {twice.Key} stands twice; give all its values in one");
        if (axes.Aggregate(1L, (count, axis) => Math.Min(MostPoints + 1, count * axis.Values.Count)) > MostPoints) throw CommandException.Usage($"--grid has more than {MostPoints:N0} points; give fewer values");
        GridAxis? rates = axes.FirstOrDefault(a => a.Key is "learningRate" or "optimizer.learningRate");
        IEnumerable<IReadOnlyList<string>> points = [[]];
        foreach (GridAxis axis in axes.Where(a => a != rates)) points = [.. points.SelectMany(point => axis.Values.Select(value => (IReadOnlyList<string>)[.. point, $"{axis.Key}={value}"]))];
        return new Grid(rates?.Values.Select(Rate).ToArray(), [.. points]);
    }

    private static double Rate(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)
        ? rate
        : throw CommandException.Usage($"--grid learningRate: '{text}' is not a positive number; expected A,B,… such as 1e-3,3e-3");
}
