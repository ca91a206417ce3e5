using System.Text.Json;

namespace MiniGrad.Optim;

/// <summary>An attention layer of a recorded case.</summary>
/// <param name="Query">The parameter whose rows are the query heads.</param>
/// <param name="Key">The one whose rows are the key heads.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key heads.</param>
/// <param name="Logits">The largest logit of every query head in the forward passes of each step.</param>
public sealed record ReplayAttention(string Query, string Key, int Heads, int KvHeads, IReadOnlyList<double[]> Logits)
{
    /// <summary>Reads a layer.</summary>
    /// <exception cref="InvalidDataException">It does not fit the parameters or the steps.</exception>
    internal static ReplayAttention Read(JsonElement layer, IReadOnlyList<ReplayParameter> parameters, int steps)
    {
        var json = new CaseReader(layer);
        int heads = Count(json, "heads"), kvHeads = json.Has("kvHeads") ? Count(json, "kvHeads") : heads;
        if (heads % kvHeads != 0) throw new InvalidDataException($"attention: {heads} heads and {kvHeads} kvHeads; kvHeads must divide heads");
        List<double[]> logits = [.. json.Items("logits").Select(step => Numbers(step, heads))];
        if (logits.Count != steps) throw new InvalidDataException($"attention: {logits.Count} steps of logits but {steps} of gradients; expected as many of each");
        return new ReplayAttention(NameOf(json, "query", heads, parameters), NameOf(json, "key", kvHeads, parameters), heads, kvHeads, logits);
    }

    private static int Count(CaseReader json, string name)
    {
        double value = json.Number(name);
        return value is >= 1 and <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidDataException($"attention: '{name}' is {value}; expected a whole number > 0");
    }

    private static string NameOf(CaseReader json, string part, int heads, IReadOnlyList<ReplayParameter> parameters)
    {
        string name = json.Text(part) ?? throw new InvalidDataException($"attention: '{part}' is missing; expected the name of a parameter");
        ReplayParameter parameter = parameters.FirstOrDefault(p => p.Name == name) ?? throw new InvalidDataException($"attention: {NearestName.Message("parameter", name, parameters.Select(p => p.Name))}");
        return parameter.Shape[0] % heads == 0 ? name : throw new InvalidDataException($"attention: '{name}' has {parameter.Shape[0]} rows; expected a multiple of its {heads} heads");
    }

    private static double[] Numbers(JsonElement step, int heads)
    {
        if (step.ValueKind != JsonValueKind.Array || step.GetArrayLength() != heads) throw new InvalidDataException($"attention: the logits of a step are {step.GetRawText()}; expected a list of {heads} numbers, one a head");
        return [.. step.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new InvalidDataException($"attention: a logit is {value.GetRawText()}; expected a number"))];
    }
}
