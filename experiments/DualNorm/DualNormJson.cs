using System.Text.Json.Nodes;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>The result of <c>dual-norm</c> for programs.</summary>
internal static class DualNormJson
{
    public static JsonObject Of(DualNormResult result, string? figure, string folder)
    {
        Verdict verdict = result.Verdict;
        return new JsonObject
        {
            ["experiment"] = DualNormRecord.Toy.Name,
            ["seeds"] = result.Settings.Seeds,
            ["steps"] = result.Settings.Steps,
            ["verdict"] = new JsonObject
            {
                ["claim"] = verdict.Claim,
                ["outcome"] = verdict.Outcome.ToString().ToLowerInvariant(),
                ["reason"] = verdict.Reason,
                ["n"] = verdict.N,
                ["p"] = verdict.Test?.P,
                ["difference"] = verdict.Difference,
                ["interval"] = verdict.Test is { } test ? new JsonArray(test.Lower, test.Upper) : null,
                ["unit"] = "log10 of the final loss",
            },
            ["conditions"] = new JsonArray([.. result.Conditions.Select(c => Condition(result, c))]),
            ["figure"] = figure,
            ["runFolder"] = folder,
        };
    }

    private static JsonObject Condition(DualNormResult result, DualNormCondition c)
    {
        Verdict verdict = result.Compare(c);
        return new JsonObject
        {
            ["size"] = c.Size,
            ["learningRate"] = c.Rate,
            ["beta"] = c.Beta,
            ["numbers"] = c.Numbers,
            ["outcome"] = verdict.Outcome.ToString().ToLowerInvariant(),
            ["difference"] = verdict.Difference,
            ["variants"] = new JsonArray([.. DualNormRecord.Variants.Select(v => new JsonObject
            {
                ["name"] = v.Name,
                ["log10FinalLoss"] = new JsonArray([.. result.Of(c, v).Select(r => Finite(r.LogFinal))]),
                ["stepsToOnePercent"] = new JsonArray([.. result.Of(c, v).Select(r => r.StepsToOnePercent is { } step ? JsonValue.Create(step) : null)]),
            })]),
        };
    }

    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
