using System.Globalization;

namespace MiniGrad.Experiments.Configuration;

/// <summary>The <c>model.</c> keys of <c>--set</c>.</summary>
internal static class ModelKeys
{
    private static readonly Dictionary<string, Func<GptOptions, string, GptOptions>> Setters = new()
    {
        ["family"] = (m, v) => m.OfFamily(Choice.Of<ModelFamily>("model.family", v)),
        ["nLayer"] = (m, v) => m with { NLayer = Int("nLayer", v) },
        ["nHead"] = (m, v) => m with { NHead = Int("nHead", v) },
        ["nKvHead"] = (m, v) => m with { NKvHead = Int("nKvHead", v) },
        ["nEmbd"] = (m, v) => m with { NEmbd = Int("nEmbd", v) },
        ["nInner"] = (m, v) => m with { NInner = Int("nInner", v) },
        ["blockSize"] = (m, v) => m with { BlockSize = Int("blockSize", v) },
        ["vocabSize"] = (m, v) => m with { VocabSize = Int("vocabSize", v) },
        ["position"] = (m, v) => m with { Position = Choice.Of<PositionKind>("model.position", v) },
        ["bias"] = (m, v) => m with { Bias = Bool("bias", v) },
        ["tied"] = (m, v) => m with { Tied = Bool("tied", v) },
        ["gelu"] = (m, v) => m with { Gelu = Choice.Of<GeluKind>("model.gelu", v) },
        ["ropeBase"] = (m, v) => m with { RopeBase = Number("ropeBase", v) },
        ["norm"] = (m, v) => m with { Norm = Choice.Of<NormKind>("model.norm", v) },
        ["initialization"] = (m, v) => m with { Initialization = Choice.Of<InitializationKind>("model.initialization", v) },
        ["precision"] = (m, v) => m with { Precision = Choice.Of<Precision>("model.precision", v) },
        ["nExperts"] = (m, v) => m with { Experts = Experts(m) with { Count = Int("nExperts", v) } },
        ["topK"] = (m, v) => m with { Experts = Experts(m) with { TopK = Int("topK", v) } },
        ["nSharedExperts"] = (m, v) => m with { Experts = Experts(m) with { Shared = Int("nSharedExperts", v) } },
        ["denseLayers"] = (m, v) => m with { Experts = Experts(m) with { DenseLayers = Int("denseLayers", v) } },
        ["balanceRate"] = (m, v) => m with { Experts = Experts(m) with { BalanceRate = Number("balanceRate", v) } },
    };

    public static IEnumerable<string> Names => Setters.Keys.Select(key => $"model.{key}");

    /// <summary>The model with one key changed.</summary>
    /// <exception cref="CommandException">The key or its value is unknown.</exception>
    public static GptOptions Apply(GptOptions model, string key, string value) =>
        Setters.TryGetValue(key, out Func<GptOptions, string, GptOptions>? set) ? set(model, value) : throw CommandException.Unknown("key", $"model.{key}", Names);

    private static ExpertOptions Experts(GptOptions model) => model.Experts ?? new();

    private static int Int(string key, string value) => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw CommandException.Usage($"model.{key}={value}: expected a whole number");

    private static double Number(string key, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        ? number
        : throw CommandException.Usage($"model.{key}={value}: expected a number");

    private static bool Bool(string key, string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw CommandException.Usage($"model.{key}={value}: expected true or false"),
    };
}
