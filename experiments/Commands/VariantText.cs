using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Commands;

/// <summary>A variant as <c>compare</c> takes it: <c>adamuon</c>, or <c>adamuon:sign=false,steps=3</c>.</summary>
internal static class VariantText
{
    private const double AnyRate = 1e-3;

    /// <summary>The variant.</summary>
    /// <exception cref="CommandException">The preset or a key is unknown, or a change has no effect.</exception>
    public static Variant Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        if (!Presets.Names.Contains(parts[0])) throw CommandException.Unknown("preset", parts[0], Presets.Names);
        if (parts.Length == 1) return new Variant(text, text);
        string[] changes = [.. GridAxis.Split(parts[1]).Select(change => Change(text, change.Trim()))];
        Variant variant = new($"{parts[0]} {string.Join(", ", changes)}", parts[0], changes);
        _ = Options(variant, text);
        return variant;
    }

    /// <summary>Refuses variants that are the same optimizer.</summary>
    /// <exception cref="CommandException">Two are.</exception>
    public static void RequireDistinct(IReadOnlyList<Variant> variants)
    {
        var seen = new Dictionary<string, Variant>();
        foreach (Variant variant in variants)
        {
            string options = Options(variant, variant.Name).ToJson().ToJsonString();
            if (seen.TryGetValue(options, out Variant? same)) throw CommandException.Usage(same.Name == variant.Name ? $"compare: '{variant.Name}' stands twice" : $"compare: '{same.Name}' and '{variant.Name}' are the same optimizer; leave one out");
            seen[options] = variant;
        }
    }

    private static string Change(string text, string change)
    {
        int equals = change.IndexOf('=', StringComparison.Ordinal);
        return equals < 1
            ? throw CommandException.Usage($"compare {text}: expected PRESET:KEY=VALUE,KEY=VALUE, such as adamuon:sign=false,steps=3")
            : $"{SettingKeys.Optimizer(change[..equals].Trim(), $"compare {text}")}={change[(equals + 1)..].Trim()}";
    }

    private static OptimizerOptions Options(Variant variant, string text)
    {
        try
        {
            return (OptimizerOptions.FromPreset(variant.Preset) with { LearningRate = AnyRate }).With(variant.Changes);
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage($"compare {text}: {e.Message}");
        }
    }
}
