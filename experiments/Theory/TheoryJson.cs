using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Theory;

/// <summary>The result of <c>theory</c> for programs.</summary>
internal static class TheoryJson
{
    public static JsonObject Of(TheoryResult result, string? figure, string folder) => new()
    {
        ["experiment"] = TheoryRecord.Toy.Name,
        ["seeds"] = result.Settings.Seeds,
        ["steps"] = result.TotalSteps,
        ["claims"] = new JsonArray([.. result.Claims.Select(c => new JsonObject { ["claim"] = c.Claim, ["outcome"] = c.Outcome.ToString().ToLowerInvariant(), ["reason"] = c.Reason })]),
        ["violations"] = new JsonObject
        {
            ["oneStep"] = result.Runs.Sum(r => r.OneStepViolations),
            ["averaged"] = result.Runs.Sum(r => r.AverageViolations),
            ["preconditioner"] = result.Runs.Sum(r => r.PreconditionerViolations),
        },
        ["stepNormDeviation"] = result.Runs.Max(r => r.NormDeviation),
        ["slopes"] = new JsonArray([.. result.Slopes.Select(Slope)]),
        ["plateaus"] = new JsonArray([.. result.Runs.Where(r => !r.Plan.Decays).Select(r => new JsonObject { ["seed"] = r.Plan.Seed, ["noise"] = r.Plan.Noise, ["eta"] = r.Plan.Eta, ["plateau"] = r.Plateau })]),
        ["figure"] = figure,
        ["runFolder"] = folder,
    };

    private static JsonObject Slope(SlopeCheck s) => new JsonObject
    {
        ["quantity"] = s.Quantity,
        ["arm"] = s.Arm,
        ["predicted"] = double.IsNaN(s.Predicted) ? null : s.Predicted,
        ["measured"] = s.Sample.Mean,
        ["interval"] = s.Interval is { } i ? new JsonArray(i.Lower, i.Upper) : null,
        ["matches"] = s.Matches,
        ["values"] = new JsonArray([.. s.Values.Select(v => JsonValue.Create(v))]),
    };
}
