using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>What a reader must know to judge a figure: how many seeds, what size, which rates, which text.</summary>
internal static class Captions
{
    public static string Of(ExperimentResult result)
    {
        ArmResult arm = result.Primary;
        RunSettings s = arm.Settings;
        bool several = result.Arms.Count > 1;
        string size = several
            ? string.Create(CultureInfo.InvariantCulture, $"Arms: {string.Join("; ", result.Arms.Select(a => a.Arm.Name))}")
            : string.Create(CultureInfo.InvariantCulture, $"Profile {s.Profile}: {s.Model.NLayer}×{s.Model.NEmbd}, context {s.Model.BlockSize}; {s.ScheduleInWords} schedule after {s.WarmupSteps} warm-up steps; {arm.RateInWords}");
        string corpora = string.Join(" and ", result.Arms.Select(a => a.Data.Corpus.Name).Distinct());
        return string.Create(CultureInfo.InvariantCulture, $"{Seeds(result)}. {size}. {s.Steps:N0} steps of {s.TokensPerStep:N0} tokens{(several ? " in the first arm" : "")}. Corpus: {corpora}, {arm.ValidationTokens:N0} held-out tokens.{Censored(result)}");
    }

    private static string Censored(ExperimentResult result) =>
        result.Experiment.Drawing == Drawing.TokensSaved && result.Arms.Any(a => a.Variants.Any(v => v.ToBaseline is { IsComplete: false })) ? " < N: a run that never gets there counts with all of its tokens, so that no more than N can be saved." : "";

    private static string Seeds(ExperimentResult result)
    {
        int seeds = result.Primary.Seeds;
        if (result.Experiment.Drawing == Drawing.Effects) return $"Dots: effects by one linear model over {seeds} paired seeds, bar: 95 % interval";
        (string what, string band) = result.Experiment.Drawing switch
        {
            Drawing.Ranking when result.Experiment.Claim is not null => ("Large dots: mean differences", "bar"),
            Drawing.Ranking or Drawing.TokensSaved or Drawing.MeasuredByVariant => ("Large dots: means", "bar"),
            Drawing.Sweep or Drawing.LearningRates or Drawing.Transfer => ("Points: means", "bar"),
            _ => ("Lines: means", "band"),
        };
        string single = what[0] == 'L' && band == "band" ? "thin" : "small";
        return seeds switch
        {
            1 => $"One run a variant (seed {result.Primary.Variants[0].Runs[0].Run.Seed})",
            2 => $"{what} over 2 paired seeds, {single}: single runs; no {band}, since two runs say too little of the spread",
            _ => $"{what} over {seeds} paired seeds, {(result.Experiment.Drawing == Drawing.Gap ? "" : $"{single}: single runs, ")}{band}: 95 % interval of the mean",
        };
    }
}
