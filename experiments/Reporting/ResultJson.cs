using System.Text.Json.Nodes;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The JSON of a result, as docs/cli.md has it.</summary>
internal static class ResultJson
{
    public static JsonObject Of(ExperimentResult result) => new()
    {
        ["experiment"] = result.Experiment.Name,
        ["protocol"] = result.Protocol,
        ["verdict"] = VerdictOf(result),
        ["variants"] = new JsonArray([.. result.Variants.Select(Variant)]),
        ["references"] = new JsonObject
        {
            ["unigramNats"] = result.References.Unigram.NatsPerToken,
            ["bigramNats"] = result.References.Bigram.NatsPerToken,
            ["bigramBitsPerByte"] = result.References.Bigram.BitsPerByte,
            ["gzipBitsPerByte"] = result.References.GzipBitsPerByte,
        },
        ["figure"] = result.Figure,
        ["runFolder"] = result.RunFolder,
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
            ["protocol"] = result.Protocol,
        };
    }

    private static JsonNode Variant(VariantSummary v) => new JsonObject
    {
        ["name"] = v.Name,
        ["learningRate"] = v.LearningRate,
        ["seeds"] = new JsonArray([.. v.Runs.Select(r => JsonValue.Create(r.Run.Seed))]),
        ["finalTrainLoss"] = SampleOf(v.TrainLoss),
        ["finalValidationLoss"] = SampleOf(v.ValidationLoss),
        ["bitsPerByte"] = Finite(v.BitsPerByte),
        ["tokensToBaselineLoss"] = v.TokensToBaselineLoss,
        ["secondsPerStep"] = Finite(v.SecondsPerStep),
    };

    private static JsonObject SampleOf(Sample sample) => new() { ["mean"] = Finite(sample.Mean), ["sd"] = Finite(sample.StandardDeviation) };

    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
