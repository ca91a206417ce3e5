using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Reporting.Figures;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The JSON of a result, as docs/cli.md has it.</summary>
internal static class ResultJson
{
    public static JsonObject Of(ExperimentResult result)
    {
        JsonObject document = new()
        {
            ["experiment"] = result.Experiment.Name,
            ["protocol"] = result.Primary.Protocol,
            ["finding"] = Finding.Of(result),
            ["verdict"] = VerdictOf(result),
        };
        // The first arm's stand at the top: mostly it is the only one.
        foreach ((string key, JsonNode? value) in Arm(result.Primary)) document[key] = value?.DeepClone();
        if (result.Arms.Count > 1) document["arms"] = new JsonArray([.. result.Arms.Select(a => new JsonObject([new("name", a.Arm.Name), .. Arm(a).Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value?.DeepClone()))]))]);
        document["comparisons"] = new JsonArray([.. result.Others.Select(Comparison)]);
        if (result.Experiment.Factorial is not null) document["effects"] = new JsonArray([.. result.Effects.Select(Effect)]);
        if (result.Experiment.Drawing == Drawing.Scaling) document["scaling"] = Scaling.Document(result);
        document["figure"] = result.Figure;
        document["runFolder"] = result.RunFolder;
        return document;
    }

    private static JsonObject Arm(ArmResult arm) => new()
    {
        ["variants"] = new JsonArray([.. arm.Variants.Select(Variant)]),
        ["grid"] = arm.Grid.Count > arm.Variants.Count ? new JsonArray([.. arm.Grid.Select(Variant)]) : null,
        ["references"] = new JsonObject
        {
            ["unigramNats"] = arm.References.Unigram.NatsPerToken,
            ["bigramNats"] = arm.References.Bigram.NatsPerToken,
            ["bigramBitsPerByte"] = arm.References.Bigram.BitsPerByte,
            ["gzipBitsPerByte"] = arm.References.GzipBitsPerByte,
        },
    };

    private static JsonObject Comparison(Comparison c) => new()
    {
        ["arm"] = c.Arm.Length > 0 ? c.Arm : null,
        ["first"] = c.First,
        ["second"] = c.Second,
        ["difference"] = c.Test?.Difference,
        ["interval"] = c.Test is { } test ? new JsonArray(test.Lower, test.Upper) : null,
        ["pooled"] = c.Test?.Pooled,
        ["adjustedP"] = Finite(c.AdjustedP),
        ["outcome"] = c.Outcome,
    };

    private static JsonObject Effect(EffectResult e) => new()
    {
        ["arm"] = e.Arm.Length > 0 ? e.Arm : null,
        ["effect"] = e.Name,
        ["order"] = e.Order,
        ["difference"] = e.Test!.Difference,
        ["interval"] = new JsonArray(e.Test.Lower, e.Test.Upper),
        ["pooled"] = e.Test.Pooled,
        ["p"] = e.Test.P,
        ["adjustedP"] = Finite(e.AdjustedP),
        ["outcome"] = e.Outcome,
    };

    public static JsonObject VerdictOf(ExperimentResult result)
    {
        Verdict verdict = result.Verdict;
        return new JsonObject
        {
            ["claim"] = verdict.Claim,
            ["outcome"] = verdict.Outcome.ToString().ToLowerInvariant(),
            ["reason"] = verdict.Reason,
            ["n"] = verdict.N,
            ["p"] = verdict.Test?.P,
            ["difference"] = verdict.Difference,
            ["interval"] = verdict.Test is { } test ? new JsonArray(test.Lower, test.Upper) : null,
            ["margin"] = verdict.Margin?.Value,
            ["interval90"] = verdict.Test?.Interval(Margin.Level) is var (lower, upper) ? new JsonArray(lower, upper) : null,
            ["pooled"] = verdict.Test?.Pooled,
            ["freedom"] = verdict.Test?.Freedom,
            ["protocol"] = result.Primary.Protocol,
        };
    }

    private static JsonNode Variant(VariantSummary v) => new JsonObject
    {
        ["name"] = v.Name,
        ["learningRate"] = v.LearningRate,
        ["setting"] = v.Setting.Length > 0 ? v.Setting : null,
        ["seeds"] = new JsonArray([.. v.Runs.Select(r => JsonValue.Create(r.Run.Seed))]),
        ["finalTrainLoss"] = SampleOf(v.TrainLoss),
        ["finalValidationLoss"] = SampleOf(v.ValidationLoss),
        ["bitsPerByte"] = Finite(v.BitsPerByte),
        ["tokensToBaselineLoss"] = v.ToBaseline?.Needed.Mean,
        ["tokensSaved"] = v is { IsBaseline: false, ToBaseline: { } to } ? new JsonObject
        {
            ["percent"] = to.Saving.Mean,
            ["interval"] = to.Saving is { Lower: { } lower, Upper: { } upper } ? new JsonArray(lower, upper) : null,
            ["reached"] = to.Reached,
            ["n"] = to.N,
            ["isBound"] = !to.IsComplete,
        } : null,
        ["measures"] = v.Measures.Count > 0 ? new JsonObject([.. v.Measures.Select(m => new KeyValuePair<string, JsonNode?>(m.Key, SampleOf(m.Value)))]) : null,
        ["secondsPerStep"] = Finite(v.SecondsPerStep),
    };

    private static JsonObject SampleOf(Sample sample) => new() { ["mean"] = Finite(sample.Mean), ["sd"] = Finite(sample.StandardDeviation) };

    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
