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
        ["claims"] = new JsonArray([.. result.Claims.Select(c => new JsonObject { ["kind"] = c.Statement.IsOfCode ? "code" : "theorem", ["paper"] = c.Statement.Paper, ["claim"] = c.Statement.Text, ["outcome"] = c.Outcome, ["reason"] = c.Reason })]),
        ["violations"] = new JsonObject
        {
            ["oneStep"] = result.Runs.Sum(r => r.OneStepViolations),
            ["averaged"] = result.Runs.Sum(r => r.AverageViolations),
            ["preconditioner"] = result.Runs.Sum(r => r.PreconditionerViolations),
        },
        ["stepNormDeviation"] = result.Runs.Max(r => r.NormDeviation),
        ["slopes"] = new JsonArray([.. result.Slopes.Select(Slope)]),
        ["plateaus"] = new JsonArray([.. result.Runs.Where(r => !r.Plan.Decays).Select(r => new JsonObject { ["seed"] = r.Plan.Seed, ["function"] = r.Plan.Arm.FunctionName, ["noise"] = r.Plan.Arm.Noise, ["eta"] = r.Plan.Eta, ["mean"] = r.Plateau, ["largest"] = r.Limsup })]),
        ["invariance"] = new JsonObject([.. Invariance.Transforms.Zip(result.Cosines, (t, values) => new KeyValuePair<string, JsonNode?>(t.Name, new JsonArray([.. values.Select(v => JsonValue.Create(v))])))]),
        ["figure"] = figure,
        ["runFolder"] = folder,
    };

    private static JsonObject Slope(SlopeCheck s) => new JsonObject
    {
        ["quantity"] = s.Quantity,
        ["function"] = s.Arm.FunctionName,
        ["noise"] = s.Arm.Noise,
        ["predicted"] = double.IsNaN(s.Predicted) ? null : s.Predicted,
        ["measured"] = s.Sample.Mean,
        ["interval"] = s.Interval is { } i ? new JsonArray(i.Lower, i.Upper) : null,
        ["outcome"] = s.Outcome?.ToString().ToLowerInvariant(),
        ["values"] = new JsonArray([.. s.Values.Select(v => JsonValue.Create(v))]),
    };
}
