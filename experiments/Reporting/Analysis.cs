using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>From runs to rows, comparisons and the verdict.</summary>
internal static class Analysis
{
    /// <summary>Up to this many variants every pair is compared; of more, only pairs with one of the claim's two: Holm's method asks each of a hundred comparisons for a hundredfold evidence.</summary>
    public const int MostPaired = 8;

    public static ExperimentResult Analyse(Experiment experiment, Plan plan, IReadOnlyList<RunRecord> records, string runFolder)
    {
        var references = new Dictionary<(string Corpus, string Tokenizer, long Tokens, int BlockSize), ReferenceLines>();
        ArmResult[] arms = [.. plan.Arms.Select(arm => OfArm(experiment, arm, [.. records.Where(r => r.Run.Arm == arm.Arm)], References(arm.Workload)))];
        return new ExperimentResult
        {
            Experiment = experiment,
            Arms = arms,
            Verdict = Decide(experiment, arms[0]),
            Others = Compare(experiment, arms),
            RunFolder = runFolder,
        };

        // Arms mostly share a text, and to pack it takes longer than anything else here.
        ReferenceLines References(Workload workload)
        {
            (TokenData data, ValidationWindows windows) = (workload.Data, workload.Windows);
            (string, string, long, int) key = (data.Corpus.Sha256, data.Tokenizer.Name, windows.TokenCount, windows.BlockSize);
            if (!references.TryGetValue(key, out ReferenceLines? lines)) references[key] = lines = new(ReferenceModels.Unigram(data, windows), ReferenceModels.Bigram(data, windows), ReferenceModels.GzipBitsPerByte(data.Corpus));
            return lines;
        }
    }

    private static ArmResult OfArm(Experiment experiment, PlannedArm arm, IReadOnlyList<RunRecord> records, ReferenceLines references)
    {
        Pairing.Check(records);
        (TokenData data, ValidationWindows windows) = (arm.Workload.Data, arm.Workload.Windows);
        double bytesPerToken = (double)windows.ByteCount(data.Tokenizer) / windows.TokenCount;
        VariantSummary[] grid = [.. records.GroupBy(r => (r.Run.Variant.Name, r.Run.LearningRate, r.Run.Setting)).Select(g => Summarize(g.Key.Name, g.Key.LearningRate, g.Key.Setting, [.. g.OrderBy(r => r.Run.Seed)], bytesPerToken))];
        VariantSummary[] best = [.. experiment.Variants.Select(v => Best(grid.Where(s => s.Name == v.Name)))];
        return new ArmResult
        {
            Arm = arm.Arm,
            Settings = arm.Workload.Settings,
            Protocol = arm.LearningRates.Count > 1 || arm.PointCount > 1 ? "tuned" : "shared",
            LearningRates = [.. records.Select(r => r.Run.LearningRate).Distinct().Order()],
            Records = records,
            Grid = grid,
            Variants = WithTokensToBaseline(experiment, best),
            References = references,
            Data = data,
            ValidationTokens = windows.TokenCount,
        };
    }

    private static VariantSummary Summarize(string name, double learningRate, string setting, RunRecord[] runs, double bytesPerToken)
    {
        Sample validation = Sample.Of([.. runs.Select(r => r.FinalValidationLoss)]);
        return new VariantSummary
        {
            Name = name,
            LearningRate = learningRate,
            Setting = setting,
            Runs = runs,
            TrainLoss = Sample.Of([.. runs.Select(r => r.FinalTrainLoss)]),
            ValidationLoss = validation,
            BitsPerByte = validation.Mean / Math.Log(2) / bytesPerToken,
            SecondsPerStep = StepSeconds.Median(runs.Select(r => r.History)) ?? runs.Average(r => r.Result.TrainSeconds / Math.Max(1, r.Result.Steps)),
            UpdateRms = runs.Average(r => r.History.Count > 0 ? r.History[^1].UpdateRms : double.NaN),
        };
    }

    // A rate at which any seed diverged is never the best one, unless there is no other.
    private static VariantSummary Best(IEnumerable<VariantSummary> rates) =>
        rates.OrderBy(s => double.IsFinite(s.ValidationLoss.Mean) ? s.ValidationLoss.Mean : double.PositiveInfinity).ThenBy(s => s.LearningRate).First();

    private static VariantSummary[] WithTokensToBaseline(Experiment experiment, VariantSummary[] variants)
    {
        int baseline = Array.FindIndex(variants, s => experiment.Variants.First(v => v.Name == s.Name).Preset == "adamw");
        if (baseline < 0 || Curves(variants[baseline]) is not { } target) return variants;
        int window = TokensToBaseline.WindowFor(target[0].Tokens.Count);
        return [.. variants.Select((s, i) => s with { IsBaseline = i == baseline, ToBaseline = Curves(s) is { } curves ? TokensToBaseline.Of(curves, target, window) : null })];
    }

    // A run that diverged breaks off early: its last loss is no final loss, and its seed cannot be left out of the mean.
    private static LossCurve[]? Curves(VariantSummary variant) => variant.Diverged || variant.Runs.Any(r => r.History.Count == 0)
        ? null
        : [.. variant.Runs.Select(r => new LossCurve([.. r.History.Select(m => (double)m.Tokens)], [.. r.History.Select(m => m.TrainLoss)]))];

    private static Verdict Decide(Experiment experiment, ArmResult arm)
    {
        if (experiment.Claim is not { } claim) return new Verdict("no claim", Outcome.None, "this experiment makes no claim", arm.Seeds, null, null);
        return Verdict.Decide(claim.Text, Direction.Lower, Values(experiment, arm, claim.Lower), Values(experiment, arm, claim.Than), claim.Measure == Measures.TokensToBaseline ? "runs that never come down to the baseline's loss" : "diverged runs");
    }

    // Every pair of every arm but the primary one, Holm-adjusted together.
    private static Comparison[] Compare(Experiment experiment, ArmResult[] arms)
    {
        Comparison[] pairs = [.. arms.SelectMany(arm => Pairs(experiment, arm, primary: arm == arms[0]))];
        double[] adjusted = Holm.Adjust([.. pairs.Select(p => p.Test?.P ?? double.NaN)]);
        return [.. pairs.Zip(adjusted, (pair, p) => pair with { AdjustedP = p })];
    }

    private static IEnumerable<Comparison> Pairs(Experiment experiment, ArmResult arm, bool primary)
    {
        for (int i = 0; i < arm.Variants.Count; i++)
        {
            for (int j = i + 1; j < arm.Variants.Count; j++)
            {
                (string first, string second) = (arm.Variants[i].Name, arm.Variants[j].Name);
                if (experiment.Claim is { } two && arm.Variants.Count > MostPaired && !Is(two, first) && !Is(two, second)) continue;
                if (primary && experiment.Claim is { } claim && ((first, second) == (claim.Lower, claim.Than) || (second, first) == (claim.Lower, claim.Than))) continue;
                yield return new Comparison(arm.Arm.Name, first, second, PairedT.Test(Values(experiment, arm, first), Values(experiment, arm, second)), double.NaN);
            }
        }
    }

    private static bool Is(Claim claim, string variant) => variant == claim.Lower || variant == claim.Than;

    private static double[] Values(Experiment experiment, ArmResult arm, string name)
    {
        VariantSummary variant = arm.Variant(name);
        return experiment.Claim?.Measure switch
        {
            null => [.. variant.Runs.Select(r => r.FinalValidationLoss)],
            Measures.TokensToBaseline => [.. variant.Runs.Select((_, i) => variant.ToBaseline?.Tokens[i] ?? double.NaN)],
            { } measure => [.. variant.Runs.Select(r => r.Measures.GetValueOrDefault(measure, double.NaN))],
        };
    }
}
