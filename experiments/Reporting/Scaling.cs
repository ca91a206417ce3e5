using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>An optimizer at one size of a ladder: its best runs, and how many times the work the baseline would need for their loss.</summary>
/// <param name="Size">The arm.</param>
/// <param name="Work">Counted floating-point operations of a run.</param>
/// <param name="Variant">The optimizer at its best rate.</param>
/// <param name="SpeedUp">The factor; NaN where there is none.</param>
/// <param name="Lower">The lower end of its 95 % interval; null for one seed.</param>
/// <param name="Upper">The upper end.</param>
internal sealed record Rung(string Size, double Work, VariantSummary Variant, double SpeedUp, double? Lower, double? Upper);

/// <summary>What a ladder of sizes comes to.</summary>
internal static class Scaling
{
    /// <summary>Counted floating-point operations of one run of an arm.</summary>
    public static double WorkOf(ArmResult arm) => CountedWork.FlopsPerToken(arm.Settings.Model) * arm.Settings.TokensPerStep * arm.Settings.Steps;

    /// <summary>The power law of a variant over the sizes; null where there is none.</summary>
    public static ScalingFit? FitOf(ExperimentResult result, string variant) =>
        ScalingFit.Of([.. result.Arms.Select(WorkOf)], [.. result.Arms.Select(a => a.Variant(variant).ValidationLoss.Mean)]);

    /// <summary>Every optimizer at every size.</summary>
    public static IReadOnlyList<Rung> Rungs(ExperimentResult result)
    {
        ScalingFit? baseline = FitOf(result, Ladder.Baseline);
        return [.. from arm in result.Arms
                   from variant in arm.Variants
                   let losses = Losses(variant)
                   let own = Losses(arm.Variant(Ladder.Baseline))
                   let up = baseline is null || losses.Length != own.Length ? (Factor: double.NaN, Lower: null, Upper: null) : baseline.SpeedUp(own, losses)
                   select new Rung(arm.Arm.Name, WorkOf(arm), variant, up.Factor, up.Lower, up.Upper)];
    }

    /// <summary>The section of the report.</summary>
    public static string Section(ExperimentResult result)
    {
        var text = new StringBuilder("| size | work | variant | learning rate | n | loss | speed-up over AdamW |\n| --- | ---: | --- | ---: | --: | ---: | ---: |\n");
        foreach (Rung r in Rungs(result))
        {
            string interval = r.Lower is { } lower && r.Upper is { } upper ? string.Create(CultureInfo.InvariantCulture, $" [{lower:F2}, {upper:F2}]") : "";
            string up = double.IsFinite(r.SpeedUp) ? string.Create(CultureInfo.InvariantCulture, $"{r.SpeedUp:F2}×{interval}") : "–";
            text.Append(CultureInfo.InvariantCulture, $"| {r.Size} | {r.Work:0.0E+0} | {r.Variant.Name} | {r.Variant.LearningRate:G} | {r.Variant.Runs.Count} | {r.Variant.ValidationLoss.Mean:F3} | {up} |\n");
        }
        text.Append('\n');
        foreach (Variant variant in result.Experiment.Variants)
        {
            if (FitOf(result, variant.Name) is { } fit) text.Append(CultureInfo.InvariantCulture, $"- {variant.Name}: loss = {Math.Exp(fit.LogFactor):F2}·C^−{fit.Exponent:F4}\n");
        }
        return text.ToString();
    }

    /// <summary>The same for <c>result.json</c>.</summary>
    public static JsonObject Document(ExperimentResult result) => new()
    {
        ["fits"] = new JsonObject([.. result.Experiment.Variants.Select(v => new KeyValuePair<string, JsonNode?>(v.Name, FitOf(result, v.Name) is { } fit ? new JsonObject { ["logFactor"] = fit.LogFactor, ["exponent"] = fit.Exponent } : null))]),
        ["rungs"] = new JsonArray([.. Rungs(result).Select(r => new JsonObject
        {
            ["size"] = r.Size, ["work"] = r.Work, ["variant"] = r.Variant.Name, ["learningRate"] = r.Variant.LearningRate, ["loss"] = r.Variant.ValidationLoss.Mean,
            ["speedUp"] = double.IsFinite(r.SpeedUp) ? r.SpeedUp : null, ["lower"] = r.Lower, ["upper"] = r.Upper,
        })]),
    };

    /// <summary>A variant's final losses, by seed.</summary>
    private static double[] Losses(VariantSummary variant) => [.. variant.Runs.Select(r => r.FinalValidationLoss)];
}
