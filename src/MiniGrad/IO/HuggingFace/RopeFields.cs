using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniGrad.IO.HuggingFace;

/// <summary>
/// The base of the rotary wavelengths, wherever a <c>config.json</c> has it: <c>rope_theta</c> at the top (transformers 4) or in
/// <c>rope_parameters</c> (transformers 5). What would scale or shorten the rotation is refused by name; a scaling of type
/// <c>default</c> or of factor 1 changes nothing.
/// </summary>
internal static class RopeFields
{
    private const string Theta = "rope_theta", Partial = "partial_rotary_factor";

    // Scalings that a factor of 1 leaves without effect, and what else they may say then.
    private static readonly string[] Factored = ["linear", "dynamic", "yarn", "llama3"];
    private static readonly string[] Silent = ["original_max_position_embeddings", "beta_fast", "beta_slow", "low_freq_factor", "high_freq_factor", "truncate", "factor"];

    /// <summary>The base.</summary>
    /// <param name="fields">The configuration.</param>
    /// <param name="otherwise">The base where none is given.</param>
    /// <exception cref="InvalidDataException">Two fields disagree, or the rotation is not the plain one.</exception>
    public static double Base(ConfigFields fields, double otherwise)
    {
        var found = new List<(string Name, double Value)>();
        if (fields.Has(Theta)) found.Add((Theta, fields.Number(Theta, otherwise)));
        if (fields.Number(Partial, 1) != 1) throw fields.Refuse(Partial, Text(fields.Number(Partial, 1)), "1");
        foreach (string name in (string[])["rope_parameters", "rope_scaling"])
        {
            if (fields.Find(name) is not { } node) continue;
            if (node is not JsonObject rope) throw fields.Refuse(name, node.ToJsonString(), "an object");
            if (Inside(fields, name, rope) is { } theta) found.Add(($"{name}.{Theta}", theta));
        }
        if (found.Count == 0) return otherwise;
        (string first, double value) = found[0];
        foreach ((string other, double differs) in found.Where(f => f.Value != value)) throw new InvalidDataException($"'{fields.Path}': {first} is {Text(value)} and {other} is {Text(differs)}; give one of the two");
        return value;
    }

    private static double? Inside(ConfigFields fields, string where, JsonObject rope)
    {
        var inner = new ConfigFields(rope, fields.Path);
        string old = inner.Text("type", "default"), type = inner.Text("rope_type", old);
        double factor = inner.Number("factor", 1);
        if (inner.Number(Partial, 1) != 1) throw fields.Refuse($"{where}.{Partial}", Text(inner.Number(Partial, 1)), "1");
        bool plain = type is "default" or "none" || (Factored.Contains(type) && factor == 1 && inner.Has("factor"));
        if (!plain || (inner.Has("type") && inner.Has("rope_type") && old != type)) throw fields.Refuse($"{where}.rope_type", $"'{(plain ? $"{type}' and type '{old}" : type)}'{(factor == 1 ? "" : $" with factor {Text(factor)}")}", "default, or a scaling of factor 1");
        foreach (string silent in Silent) _ = inner.Find(silent);
        string[] changing = [.. rope.Where(field => field.Value is not null && field.Key != Theta).Select(field => field.Key).Where(inner.Unknown.Contains)];
        if (changing.Length > 0) throw fields.Refuse($"{where}.{changing[0]}", rope[changing[0]]!.ToJsonString(), "none");
        return inner.Has(Theta) ? inner.Number(Theta, 0) : null;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
