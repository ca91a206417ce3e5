using System.Globalization;

namespace MiniGrad.Experiments.Catalog;

/// <summary>
/// A condition that every variant runs under, such as another size, length or schedule. Within an arm runs are paired seed by
/// seed. Keys: <c>profile</c>, <c>steps</c>, <c>batch</c>, <c>evaluateEvery</c>, <c>schedule</c>, <c>learningRate</c>, <c>corpus</c>,
/// <c>model.KEY</c> and <c>optimizer.KEY</c>; what the command line says of a key counts instead.
/// </summary>
/// <param name="Name">What tables and figures call it; empty where there is one arm only.</param>
/// <param name="Changes">Settings that differ from the experiment's, as <c>key=value</c>.</param>
internal sealed record Arm(string Name, params string[] Changes)
{
    /// <summary>The arm of an experiment that has no other.</summary>
    public static Arm Only { get; } = new("");

    /// <summary>Its place on the horizontal axis of a sweep over arms.</summary>
    public double? At { get; init; }

    /// <summary>The most seeds that it runs with, where an experiment's own count is too dear; null for all.</summary>
    public int? Seeds { get; init; }

    /// <summary>The model that its runs start from, trained before them; null for new weights.</summary>
    public Trunk? Trunk { get; init; }

    /// <summary>The arm that <c>--arm KEY=VALUE[,KEY=VALUE…]</c> describes, named after its values.</summary>
    /// <exception cref="CommandException">It is not of that form.</exception>
    public static Arm Parse(string text)
    {
        string[] changes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (changes.Length == 0 || changes.Any(c => c.IndexOf('=', StringComparison.Ordinal) < 1)) throw CommandException.Usage($"--arm {text}: expected KEY=VALUE[,KEY=VALUE…], such as schedule=linear or profile=tiny,steps=600");
        if (changes.GroupBy(change => change.Split('=', 2)[0]).FirstOrDefault(same => same.Count() > 1) is { } twice) throw CommandException.Usage($"--arm {text}: {string.Join(" and ", twice)} cannot both hold; give each key once");
        return new Arm(string.Join(", ", changes.Select(InWords)), changes);
    }

    /// <summary>The arm with what really runs: where the command line overrules it, its name says so.</summary>
    /// <param name="effective">The value that a key has in the end; null where the arm's own counts.</param>
    public Arm As(Func<string, string?> effective)
    {
        string[] changes = [.. Changes.Select(change => change.Split('=', 2) is var own && effective(own[0]) is { } value && !Same(own[1], value) ? $"{own[0]}={value}" : change)];
        return changes.SequenceEqual(Changes) ? this : this with { Name = string.Join(", ", changes.Select(InWords)), Changes = changes };
    }

    // 6e-4 and 0.0006 are one value: the name stays as it was written.
    private static bool Same(string a, string b) => a == b || (Number(a) is { } x && Number(b) is { } y && x == y);

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static string InWords(string change)
    {
        string[] parts = change.Split('=', 2);
        return parts[0] switch
        {
            "corpus" => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(parts[1])),
            "schedule" => $"{parts[1]} rate",
            "profile" => parts[1],
            "learningRate" => $"learning rate {parts[1]}",
            "model.nEmbd" => $"width {parts[1]}",
            _ => $"{parts[0].Split('.')[^1]} {parts[1]}",
        };
    }
}
