using System.Globalization;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>What an experiment found, in one sentence: a figure's subtitle, and what an index says of it.</summary>
internal static class Finding
{
    /// <summary>The sentence, or null where the experiment claims nothing and compares no rates.</summary>
    public static string? Of(ExperimentResult result) => result.Experiment switch
    {
        { Drawing: Drawing.Transfer } => OfTransfer(result),
        { Drawing: Drawing.Behaviour } => OfBehaviour(result),
        { Claim: { } claim } => OfClaim(result, claim),
        { Factorial: { } factorial } => OfFactorial(result, factorial),
        _ => null,
    };

    private static string OfClaim(ExperimentResult result, Claim claim)
    {
        Verdict verdict = result.Verdict;
        if (verdict.Difference is not { } difference || verdict is { Outcome: Outcome.None, N: > 1 }) return $"{Capitalized(verdict.Outcome)}: {verdict.Reason}";
        if (verdict is { Outcome: Outcome.Equivalent, Test: { } equal } && equal.Interval(Margin.Level) is var (low, high))
            return $"Equivalent: {claim.Lower} and {claim.Than} lie within {verdict.Margin} of each other {Where(result)} (90 % interval {Amount(claim, low, signed: true)} to {Amount(claim, high, signed: true)}, n = {equal.N})";
        string interval = verdict.Test is { } test ? $" (95 % interval {Amount(claim, test.Lower, signed: true)} to {Amount(claim, test.Upper, signed: true)}, n = {test.N})" : "";
        return $"{Capitalized(verdict.Outcome)}: {Said(claim, difference)} {Where(result)}{interval}";
    }

    private static string OfFactorial(ExperimentResult result, Factorial factorial)
    {
        Verdict verdict = result.Verdict;
        if (verdict.Test is not { } test || verdict.Outcome == Outcome.None) return $"{Capitalized(verdict.Outcome)}: {verdict.Reason}";
        string Signed(double value) => value.ToString(Measures.FormatOf(null, signed: true), CultureInfo.InvariantCulture);
        string amount = Math.Abs(test.Difference).ToString(Measures.FormatOf(null, signed: false), CultureInfo.InvariantCulture), side = test.Difference > 0 ? "higher" : "lower";
        return $"{Capitalized(verdict.Outcome)}: the {factorial.First}'s effect on the loss is {amount} nats {side} with the {factorial.Second} than without, {Where(result)} (95 % interval {Signed(test.Lower)} to {Signed(test.Upper)}, n = {test.N})";
    }

    private static string Said(Claim claim, double difference) => claim.Measure switch
    {
        null => $"{claim.Lower} ends {Amount(claim, Math.Abs(difference))} nats {(difference < 0 ? "below" : "above")} {claim.Than}",
        Measures.TokensToBaseline => $"{claim.Lower} needs {Amount(claim, Math.Abs(difference))} tokens {(difference < 0 ? "fewer" : "more")} than {claim.Than}",
        { } measure => $"{claim.Lower} needs {Amount(claim, Math.Abs(difference))} {Measures.UnitOf(measure)} {(difference < 0 ? "less" : "more")} than {claim.Than} for the {Measures.InWords(measure)}",
    };

    private static string Where(ExperimentResult result)
    {
        string arm = result.Primary.Arm.Name.Length > 0 ? $" ({result.Primary.Arm.Name})" : "";
        string rate = result.Primary.Protocol == "tuned" ? ", each at its best rate" : "";
        return $"after {result.Primary.SizeInWords}{arm}{rate}";
    }

    // The rates at which each variant is best, from the narrowest arm to the widest.
    private static string OfTransfer(ExperimentResult result)
    {
        ArmResult[] arms = [.. result.Arms.OrderBy(a => a.Arm.At)];
        IEnumerable<string> variants = result.Experiment.Variants.Select(v => $"{v.Name} {string.Join(", ", arms.Select(a => a.Variant(v.Name).LearningRate.ToString("G", CultureInfo.InvariantCulture)))}");
        return $"Best rates from {arms[0].Arm.Name} to {arms[^1].Arm.Name}: {string.Join("; ", variants)}";
    }

    // Means over the seeds at the end of training, as the probe measured them.
    private static string? OfBehaviour(ExperimentResult result)
    {
        const string Update = "layers.updateRms", Logit = "layers.largestLogit";
        VariantSummary[] variants = [.. result.Primary.Variants.Where(v => v.Measures.ContainsKey(Update) && v.Measures.ContainsKey(Logit))];
        return variants.Length == 0 ? null : "At the end: " + string.Join("; ", variants.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Name} updates of RMS {v.Measures[Update].Mean:F2}, largest logit {v.Measures[Logit].Mean:F1}")));
    }

    private static string Amount(Claim claim, double value, bool signed = false) => value.ToString(Measures.FormatOf(claim.Measure, signed), CultureInfo.InvariantCulture);

    private static string Capitalized(Outcome outcome) => outcome == Outcome.None ? "No verdict" : outcome.ToString();
}
