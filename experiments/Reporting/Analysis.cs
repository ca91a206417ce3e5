using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>From runs to rows, comparisons and the verdict.</summary>
internal static class Analysis
{
    public static ExperimentResult Analyse(Experiment experiment, RunSettings settings, IReadOnlyList<double> learningRates, IReadOnlyList<RunRecord> records, TokenData data, ValidationWindows windows, string runFolder)
    {
        Pairing.Check(records);
        double bytesPerToken = (double)windows.ByteCount(data.Tokenizer) / windows.TokenCount;
        VariantSummary[] grid = [.. records.GroupBy(r => (r.Run.Variant.Name, r.Run.LearningRate)).Select(g => Summarize(g.Key.Name, g.Key.LearningRate, [.. g.OrderBy(r => r.Run.Seed)], bytesPerToken))];
        VariantSummary[] best = [.. experiment.Variants.Select(v => Best(grid.Where(s => s.Name == v.Name)))];
        best = WithTokensToBaseline(experiment, best, settings);
        return new ExperimentResult
        {
            Experiment = experiment,
            Settings = settings,
            Protocol = learningRates.Count > 1 ? "tuned" : "shared",
            LearningRates = [.. records.Select(r => r.Run.LearningRate).Distinct().Order()],
            Records = records,
            Grid = grid,
            Variants = best,
            Verdict = Decide(experiment, best),
            Others = Compare(experiment, best),
            References = new(ReferenceModels.Unigram(data, windows), ReferenceModels.Bigram(data, windows), ReferenceModels.GzipBitsPerByte(data.Corpus)),
            Data = data,
            ValidationTokens = windows.TokenCount,
            RunFolder = runFolder,
        };
    }

    private static VariantSummary Summarize(string name, double learningRate, RunRecord[] runs, double bytesPerToken)
    {
        Sample validation = Sample.Of([.. runs.Select(r => r.FinalValidationLoss)]);
        return new VariantSummary
        {
            Name = name,
            LearningRate = learningRate,
            Runs = runs,
            TrainLoss = Sample.Of([.. runs.Select(r => r.FinalTrainLoss)]),
            ValidationLoss = validation,
            BitsPerByte = validation.Mean / Math.Log(2) / bytesPerToken,
            TokensToBaselineLoss = null,
            SecondsPerStep = runs.Average(r => r.Result.TrainSeconds / Math.Max(1, r.Result.Steps)),
            UpdateRms = runs.Average(r => r.History.Count > 0 ? r.History[^1].UpdateRms : double.NaN),
        };
    }

    // A rate at which any seed diverged is never the best one, unless there is no other.
    private static VariantSummary Best(IEnumerable<VariantSummary> rates) =>
        rates.OrderBy(s => double.IsFinite(s.ValidationLoss.Mean) ? s.ValidationLoss.Mean : double.PositiveInfinity).ThenBy(s => s.LearningRate).First();

    private static VariantSummary[] WithTokensToBaseline(Experiment experiment, VariantSummary[] variants, RunSettings settings)
    {
        int baseline = Array.FindIndex(variants, s => experiment.Variants.First(v => v.Name == s.Name).Preset == "adamw");
        if (baseline < 0) return variants;
        int window = Math.Max(1, settings.Steps / settings.LogEvery / 20) | 1;
        if (Curve(variants[baseline]) is not { } target) return variants;
        return [.. variants.Select(s => s with { HasBaseline = true, TokensToBaselineLoss = Curve(s)?.TokensToReachFinalOf(target, window) })];
    }

    // A run that diverged breaks off early: its last loss is no final loss, and its seed cannot be left out of the mean.
    private static LossCurve? Curve(VariantSummary variant)
    {
        int points = variant.Runs.Min(r => r.History.Count);
        if (points == 0 || variant.Diverged) return null;
        double[] tokens = [.. variant.Runs[0].History.Take(points).Select(m => (double)m.Tokens)];
        double[] losses = [.. Enumerable.Range(0, points).Select(i => variant.Runs.Average(r => r.History[i].TrainLoss))];
        return new LossCurve(tokens, losses);
    }

    private static Verdict Decide(Experiment experiment, VariantSummary[] variants)
    {
        if (experiment.Claim is not { } claim) return new Verdict("no claim", Outcome.None, "this experiment makes no claim", variants[0].Runs.Count, null, null);
        return Verdict.Decide(claim.Text, Direction.Lower, FinalLosses(variants, claim.Lower), FinalLosses(variants, claim.Than));
    }

    // Every pair but the primary one, Holm-adjusted together.
    private static Comparison[] Compare(Experiment experiment, VariantSummary[] variants)
    {
        var pairs = new List<(string First, string Second, PairedT? Test)>();
        for (int i = 0; i < variants.Length; i++)
        {
            for (int j = i + 1; j < variants.Length; j++)
            {
                (string first, string second) = (variants[i].Name, variants[j].Name);
                if (experiment.Claim is { } claim && ((first, second) == (claim.Lower, claim.Than) || (second, first) == (claim.Lower, claim.Than))) continue;
                pairs.Add((first, second, PairedT.Test(FinalLosses(variants, first), FinalLosses(variants, second))));
            }
        }
        double[] adjusted = Holm.Adjust([.. pairs.Select(p => p.Test?.P ?? double.NaN)]);
        return [.. pairs.Select((p, i) => new Comparison(p.First, p.Second, p.Test, adjusted[i]))];
    }

    private static double[] FinalLosses(VariantSummary[] variants, string name) => [.. variants.First(v => v.Name == name).Runs.Select(r => r.FinalValidationLoss)];
}
