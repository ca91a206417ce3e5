using System.Globalization;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting;

/// <summary>The figure of an experiment: validation loss by step, one curve a variant over its seeds, the finding as its subtitle.</summary>
internal static class FigureBuilder
{
    /// <summary>The figure, or null where no run was evaluated.</summary>
    public static Figure? Build(ExperimentResult result)
    {
        ArmResult arm = result.Primary;
        Curve[] curves = [.. arm.Variants.Select(Draw).OfType<Curve>()];
        if (curves.Length == 0) return null;
        double bigram = arm.References.Bigram.NatsPerToken;
        return new Figure
        {
            Title = result.Experiment.Question,
            Subtitle = Finding(result),
            XLabel = "step",
            YLabel = arm.Data.Tokenizer.Name == "byte" ? "validation loss (nats per byte)" : "validation loss (nats per token)",
            YScale = AxisScale.Logarithmic,
            YMax = Math.Max(1.15 * bigram, 1.05 * curves.SelectMany(c => c.Mean).Where(double.IsFinite).DefaultIfEmpty(0).Min()),
            EndValueFormat = "F3",
            Curves = curves,
            ReferenceLines = [new ReferenceLine(string.Create(CultureInfo.InvariantCulture, $"bigram model {bigram:F2}"), bigram)],
            Caption = Caption(arm),
        };
    }

    private static Curve? Draw(VariantSummary variant)
    {
        double[][] runs = [.. variant.Runs.Select(Evaluated)];
        RunRecord longest = variant.Runs.MaxBy(r => r.History.Count(m => m.ValidationLoss is not null))!;
        double[] steps = [.. longest.History.Where(m => m.ValidationLoss is not null).Select(m => (double)m.Step)];
        return steps.Length == 0 ? null : Curve.OverSeeds(variant.Name, steps, runs);
    }

    private static double[] Evaluated(RunRecord run) => [.. run.History.Select((StepMetrics m) => m.ValidationLoss).OfType<double>()];

    private static string? Finding(ExperimentResult result)
    {
        Verdict verdict = result.Verdict;
        if (result.Experiment.Claim is not { } claim) return null;
        string size = string.Create(CultureInfo.InvariantCulture, $"after {result.Primary.SizeInWords}");
        if (verdict.Difference is not { } difference) return $"{Capitalized(verdict.Outcome)}: {verdict.Reason}";
        string side = difference < 0 ? "below" : "above";
        string interval = verdict.Test is { } test ? string.Create(CultureInfo.InvariantCulture, $" (95 % interval {Signed(test.Lower)} to {Signed(test.Upper)}, n = {test.N})") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Capitalized(verdict.Outcome)}: {claim.Lower} ends {Math.Abs(difference):F3} nats {side} {claim.Than} {size}{interval}");
    }

    private static string Capitalized(Outcome outcome) => outcome == Outcome.None ? "No verdict" : outcome.ToString();

    private static string Signed(double value) => value.ToString("+0.000;−0.000", CultureInfo.InvariantCulture);

    private static string Caption(ArmResult result)
    {
        string seeds = result.Seeds switch
        {
            1 => $"One run a variant (seed {result.Variants[0].Runs[0].Run.Seed})",
            2 => "Lines: means over 2 paired seeds, thin: single runs; no band, since two runs say too little of the spread",
            _ => $"Lines: means over {result.Seeds} paired seeds, thin: single runs, band: 95 % interval of the mean",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{seeds}. Profile {result.Settings.Profile}: {result.Settings.Model.NLayer}×{result.Settings.Model.NEmbd}, context {result.Settings.Model.BlockSize}; {result.Settings.Schedule.ToString().ToLowerInvariant()} schedule after {result.Settings.WarmupSteps} warm-up steps; {result.RateInWords}. Corpus: {result.Data.Corpus.Name}, {result.ValidationTokens:N0} held-out tokens.");
    }
}
