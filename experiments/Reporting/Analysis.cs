using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Training;

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
        EffectResult[] effects = Effects(experiment, arms);
        return new ExperimentResult
        {
            Experiment = experiment,
            Arms = arms,
            Verdict = Decide(experiment, arms[0], effects),
            Others = experiment.Factorial is null ? Compare(experiment, arms) : [],
            Effects = effects,
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
        if (baseline < 0 || variants[baseline].Runs.Any(BrokeOff)) return variants;
        LossCurve[] target = [.. variants[baseline].Runs.Select(CurveOf)];
        int window = TokensToBaseline.WindowFor(target[0].Tokens.Count);
        return [.. variants.Select((s, i) => s with { IsBaseline = i == baseline, ToBaseline = TokensToBaseline.Of([.. s.Runs.Select(r => BrokeOff(r) ? null : CurveOf(r))], target, window) })];
    }

    // The last loss of a run that diverged is no final loss.
    private static bool BrokeOff(RunRecord run) => run.Result.Outcome == TrainingOutcome.Diverged || run.History.Count == 0;

    private static LossCurve CurveOf(RunRecord run)
    {
        StepMetrics[] spaced = [.. run.History.Where(m => CurveThinning.IsSpaced(m.Step, run.History[^1].Step))];
        return new([.. spaced.Select(m => (double)m.Tokens)], [.. spaced.Select(m => m.TrainLoss)]);
    }

    private static Verdict Decide(Experiment experiment, ArmResult arm, EffectResult[] effects)
    {
        Verdict verdict = experiment.Factorial is { } factorial ? OfEffect(factorial, arm, effects) : OfPair(experiment, arm);
        return experiment.ClaimInWords is not null && arm.Seeds > 1 && NothingLearned(arm) is { } reason ? verdict with { Outcome = Outcome.None, Reason = reason } : verdict;
    }

    private static Verdict OfEffect(Factorial factorial, ArmResult arm, EffectResult[] effects)
    {
        Margin margin = new(Margin.OfLoss, Measures.UnitOf(null));
        if (effects.FirstOrDefault(e => e.IsClaimed && e.Arm == arm.Arm.Name)?.Test is { } test) return Verdict.Decide(factorial.Claim, factorial.Direction, test, margin);
        (Outcome outcome, string reason) = (arm.Seeds, arm.Variants.Count(v => v.Diverged)) switch
        {
            ( < 2, _) => (Outcome.None, $"{arm.Seeds} seed, an interval needs at least 2"),
            (_, > 0 and var diverged) => (Outcome.Inconclusive, $"runs of {diverged} of {arm.Variants.Count} variants diverged, and an effect is a mean over all of them"),
            _ => (Outcome.Inconclusive, "the losses do not vary, so they form no interval"),
        };
        return new Verdict(factorial.Claim, outcome, reason, arm.Seeds, null, null, margin);
    }

    private static Verdict OfPair(Experiment experiment, ArmResult arm)
    {
        if (experiment.Claim is not { } claim) return new Verdict("no claim", Outcome.None, "this experiment makes no claim", arm.Seeds, null, null);
        var values = new PairedValues(experiment, arm);
        Verdict verdict = values.Test(claim.Lower, claim.Than) is { } test
            ? Verdict.Decide(claim.Text, Direction.Lower, test, MarginOf(experiment))
            : Verdict.Decide(claim.Text, Direction.Lower, values[claim.Lower], values[claim.Than], MarginOf(experiment));
        return WithBigram(claim.Measure == Measures.TokensToBaseline ? WithCensored(verdict, arm.Variant(claim.Lower), arm.Variant(claim.Than)) : verdict, arm, claim);
    }

    // Between two models that know less than pairs of tokens there is no verdict; whoever compares with one should know it.
    private static Verdict WithBigram(Verdict verdict, ArmResult arm, Claim claim)
    {
        string[] above = [.. ((string[])[claim.Lower, claim.Than]).Where(name => IsAboveBigram(arm, name))];
        string end = string.Create(CultureInfo.InvariantCulture, $"{(above.Length == 1 ? $"{above[0]} ends" : "both end")} above the bigram model's {arm.References.Bigram.NatsPerToken:F3} nats");
        if (verdict.Outcome == Outcome.None || above.Length == 0) return verdict;
        return above.Length == 1 ? verdict with { Reason = $"{verdict.Reason}; {end}" } : verdict with { Outcome = Outcome.None, Reason = $"{end}, so there is nothing learned to compare" };
    }

    private static bool IsAboveBigram(ArmResult arm, string variant) => arm.Variant(variant).ValidationLoss.Mean >= arm.References.Bigram.NatsPerToken;

    /// <summary>What difference does not matter in an experiment's comparisons; null where its record names none.</summary>
    public static Margin? MarginOf(Experiment experiment) => experiment.Claim switch
    {
        { Margin: { } value, Measure: var measure } => new Margin(value, Measures.UnitOf(measure)),
        { Measure: not null } => null,
        _ => new Margin(Margin.OfLoss, Measures.UnitOf(null)),
    };

    // A comparison of models that know less than the counts of pairs of tokens is one of their beginnings.
    private static string? NothingLearned(ArmResult arm)
    {
        double bigram = arm.References.Bigram.NatsPerToken;
        VariantSummary? best = arm.Variants.Where(v => double.IsFinite(v.ValidationLoss.Mean)).MinBy(v => v.ValidationLoss.Mean);
        if (best?.ValidationLoss.Mean < bigram) return null;
        string lowest = best is null ? "all diverged" : string.Create(CultureInfo.InvariantCulture, $"the lowest, {best.Name}, ends at {best.ValidationLoss.Mean:F3}");
        return string.Create(CultureInfo.InvariantCulture, $"no variant ends below the bigram model's {bigram:F3} nats ({lowest}), so there is nothing learned to compare");
    }

    private static Verdict WithCensored(Verdict verdict, VariantSummary first, VariantSummary second)
    {
        if (first.ToBaseline is not { } a || second.ToBaseline is not { } b)
            return verdict with { Outcome = verdict.Outcome == Outcome.None ? Outcome.None : Outcome.Inconclusive, Reason = "AdamW did not finish every run, so there is no loss to come down to" };
        if (verdict.Outcome == Outcome.None || (a.IsComplete && b.IsComplete)) return verdict;
        if (a.Reached + b.Reached == 0) return verdict with { Reason = "no run of the two comes down to AdamW's final loss" };
        return verdict with { Reason = string.Create(CultureInfo.InvariantCulture, $"{verdict.Reason}; {a.Reached} of {a.N} runs of {first.Name} and {b.Reached} of {b.N} of {second.Name} come down to AdamW's loss, the others count with the {a.Length:N0} tokens that they have") };
    }

    // All effects of all arms, adjusted together but for the claim's.
    private static EffectResult[] Effects(Experiment experiment, ArmResult[] arms)
    {
        if (experiment.Factorial is not { } factorial) return [];
        EffectResult[] all = [.. arms.SelectMany(arm =>
        {
            bool isLearned = NothingLearned(arm) is null;
            return FactorialModel.Of([.. experiment.Variants.Select(v => (v.Levels, arm.Variant(v.Name).Runs.Select(r => r.FinalValidationLoss).ToArray()))])
                .Select(e => new EffectResult(arm.Arm.Name, factorial.NameOf(e), e.Factors.Count, arm == arms[0] && e.Factors.SequenceEqual(factorial.Claimed), e.Test) { Margin = new(Margin.OfLoss, Measures.UnitOf(null)), IsLearned = isLearned });
        })];
        EffectResult[] others = [.. all.Where(e => !e.IsClaimed)];
        double[] adjusted = Holm.Adjust([.. others.Select(e => e.Test!.P)]);
        return [.. all.Select(e => e.IsClaimed ? e with { AdjustedP = e.Test!.P } : e with { AdjustedP = adjusted[Array.IndexOf(others, e)] })];
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
        var values = new PairedValues(experiment, arm);
        Margin? margin = MarginOf(experiment);
        for (int i = 0; i < arm.Variants.Count; i++)
        {
            for (int j = i + 1; j < arm.Variants.Count; j++)
            {
                (string first, string second) = (arm.Variants[i].Name, arm.Variants[j].Name);
                if (experiment.Claim is { } two && arm.Variants.Count > MostPaired && !Is(two, first) && !Is(two, second)) continue;
                if (primary && experiment.Claim is { } claim && ((first, second) == (claim.Lower, claim.Than) || (second, first) == (claim.Lower, claim.Than))) continue;
                yield return new Comparison(arm.Arm.Name, first, second, values.Test(first, second)) { Margin = margin, IsLearned = !(IsAboveBigram(arm, first) && IsAboveBigram(arm, second)) };
            }
        }
    }

    private static bool Is(Claim claim, string variant) => variant == claim.Lower || variant == claim.Than;
}
