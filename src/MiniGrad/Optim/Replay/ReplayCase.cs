using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Optim;

/// <summary>A recorded case: parameters, gradients step by step, and what another implementation made of them.</summary>
public sealed class ReplayCase
{
    private const double DefaultTolerance = 1e-4;
    private const long MostBytes = 1L << 30;

    private ReplayCase(string name, string source, OptimizerOptions options, IReadOnlyList<ReplayParameter> parameters, IReadOnlyList<IReadOnlyDictionary<string, double[]>> gradients, IReadOnlyList<IReadOnlyDictionary<string, double[]>> expected, double tolerance) =>
        (Name, Source, Options, Parameters, Gradients, Expected, Tolerance) = (name, source, options, parameters, gradients, expected, tolerance);

    /// <summary>The case's name.</summary>
    public string Name { get; }

    /// <summary>Which implementation was recorded.</summary>
    public string Source { get; }

    /// <summary>The optimizer.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>The parameters, with their values before the first step.</summary>
    public IReadOnlyList<ReplayParameter> Parameters { get; }

    /// <summary>The gradients of each step; a parameter may be missing and is then skipped.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double[]>> Gradients { get; }

    /// <summary>All parameters after each step.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double[]>> Expected { get; }

    /// <summary>The attention layers among the parameters, with their largest logits: what QK-clip wants to know.</summary>
    public IReadOnlyList<ReplayAttention> Attention { get; private init; } = [];

    /// <summary>The largest deviation that passes (<see cref="ParameterDeviation"/>).</summary>
    public double Tolerance { get; }

    /// <summary>Reads a case file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a valid case; the message is one line that begins with the path.</exception>
    public static ReplayCase Load(string path)
    {
        using JsonDocument document = JsonInput.Parse(InputFile.ReadAllBytes(path, MostBytes), path);
        try
        {
            return Read(document.RootElement, Path.GetFileNameWithoutExtension(path));
        }
        catch (OverflowException e)
        {
            throw new InvalidDataException($"{path}: a shape has more elements than can be counted", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static ReplayCase Read(JsonElement root, string fileName)
    {
        var json = new CaseReader(root);
        var options = OptimizerOptions.Parse(json.Member("optimizer"));
        List<ReplayParameter> parameters = [.. json.Items("parameters").Select(ReadParameter)];
        if (parameters.Count == 0) throw new InvalidDataException("'parameters' is empty; expected at least one");
        if (parameters.Select(parameter => parameter.Name).Distinct().Count() < parameters.Count) throw new InvalidDataException("'parameters' has two of one name");
        List<IReadOnlyDictionary<string, double[]>> gradients = [.. json.Items("gradients").Select((step, i) => ReadStep(step, $"gradients[{i}]", parameters, complete: false))];
        List<IReadOnlyDictionary<string, double[]>> expected = [.. json.Items("expected").Select((step, i) => ReadStep(step, $"expected[{i}]", parameters, complete: true))];
        if (gradients.Count == 0) throw new InvalidDataException("'gradients' is empty; expected one object per step");
        if (gradients.Count != expected.Count) throw new InvalidDataException($"{gradients.Count} steps of gradients but {expected.Count} of expected parameters; expected as many of each");
        double tolerance = json.Has("tolerance") ? json.Number("tolerance") : DefaultTolerance;
        if (!(tolerance >= 0 && double.IsFinite(tolerance))) throw new InvalidDataException($"'tolerance' is {tolerance}; expected a finite number ≥ 0");
        return new ReplayCase(json.Text("name") ?? fileName, json.Text("source") ?? "", options, parameters, gradients, expected, tolerance)
        {
            Attention = json.Has("attention") ? [.. json.Items("attention").Select(layer => ReplayAttention.Read(layer, parameters, gradients.Count))] : [],
        };
    }

    private static ReplayParameter ReadParameter(JsonElement element)
    {
        var json = new CaseReader(element);
        string name = json.Text("name") ?? throw new InvalidDataException("a parameter has no 'name'");
        int[] sizes = [.. json.Items("shape").Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int value) && value > 0 ? value : throw new InvalidDataException($"parameter '{name}': 'shape' has {size.GetRawText()}; expected whole numbers > 0"))];
        if (sizes.Length is 0 or > Shape.MaxRank) throw new InvalidDataException($"parameter '{name}': 'shape' has {sizes.Length} sizes; expected 1 to {Shape.MaxRank}");
        var shape = new Shape(sizes);
        return new ReplayParameter(name, shape, Values(json.Member("values"), $"parameter '{name}'", shape));
    }

    private static Dictionary<string, double[]> ReadStep(JsonElement step, string where, List<ReplayParameter> parameters, bool complete)
    {
        if (step.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{where} is not an object");
        var values = new Dictionary<string, double[]>();
        foreach (JsonProperty property in step.EnumerateObject())
        {
            ReplayParameter parameter = parameters.Find(p => p.Name == property.Name)
                ?? throw new InvalidDataException($"{where}: {NearestName.Message("parameter", property.Name, parameters.Select(p => p.Name))}");
            if (property.Value.ValueKind == JsonValueKind.Null && !complete) continue;
            values[property.Name] = Values(property.Value, $"{where} of '{property.Name}'", parameter.Shape);
        }
        if (complete && parameters.Find(p => !values.ContainsKey(p.Name)) is { } missing) throw new InvalidDataException($"{where}: parameter '{missing.Name}' is missing");
        return values;
    }

    private static double[] Values(JsonElement json, string where, Shape shape)
    {
        if (json.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"{where}: the values are {Kind(json)}; expected a flat list of {shape.Count} numbers");
        if (json.GetArrayLength() != shape.Count) throw new InvalidDataException($"{where}: {json.GetArrayLength()} values; shape {shape} has {shape.Count}");
        var values = new double[shape.Count];
        int i = 0;
        foreach (JsonElement value in json.EnumerateArray())
        {
            values[i++] = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new InvalidDataException($"{where}: value {i} is {Kind(value)}; expected a number");
        }
        return values;
    }

    private static string Kind(JsonElement json) => json.ValueKind.ToString().ToLowerInvariant();
}

/// <summary>A parameter of a recorded case.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Values">Its values before the first step, row-major.</param>
public sealed record ReplayParameter(string Name, Shape Shape, double[] Values);
