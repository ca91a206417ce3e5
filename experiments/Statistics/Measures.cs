namespace MiniGrad.Experiments.Statistics;

/// <summary>What is compared besides the final validation loss: names, words and units.</summary>
internal static class Measures
{
    /// <summary>The tokens to come down to the baseline's final training loss, of the same seed.</summary>
    public const string TokensToBaseline = "tokens to the baseline's loss";

    private static readonly Dictionary<string, (string Words, string Unit)> Known = new()
    {
        ["corpora.numerics"] = ("documentation of MathNet.Numerics", "bits per byte"),
        ["corpora.console"] = ("documentation of Spectre.Console", "bits per byte"),
        ["induction.gain"] = ("gain at the second occurrence", "nats per token"),
        ["induction.copyAccuracy"] = ("copied tokens", "share"),
        ["time-split.forward"] = ("forward pass", "seconds a step"),
        ["time-split.backward"] = ("backward pass", "seconds a step"),
        ["time-split.optimizer"] = ("optimizer", "seconds a step"),
        ["ema.validationLoss"] = ("validation loss of the weights' average", "nats per token"),
        ["layers.cosine"] = ("cosine of a step with the descent of a large batch", "a cosine"),
        [TokensToBaseline] = (TokensToBaseline, "tokens"),
    };

    /// <summary>Whether a measure is worth a panel; the others stand in the table.</summary>
    public static bool IsHeadline(string key) => Known.ContainsKey(key);

    /// <summary>Whether a measure is a time, which another machine does not repeat.</summary>
    public static bool IsTime(string key) => key.StartsWith("time-split.", StringComparison.Ordinal);

    /// <summary>A measure in words; null stands for the final validation loss.</summary>
    public static string InWords(string? key) => key is null ? "final validation loss" : Known.TryGetValue(key, out (string Words, string Unit) known) ? known.Words : key;

    /// <summary>What a measure can be: a share lies between 0 and 1, bits and seconds are not negative.</summary>
    public static (double Least, double Most) RangeOf(string key) => UnitOf(key) switch
    {
        "share" => (0, 1),
        "a cosine" => (-1, 1),
        "nats per token" => (double.NegativeInfinity, double.PositiveInfinity),
        _ => (0, double.PositiveInfinity),
    };

    /// <summary>The largest difference that two values of a measure can have: of shares 1.</summary>
    public static double LargestDifference(string? key) => key is not null && RangeOf(key) is ( >= 0 and var least, < double.PositiveInfinity and var most) ? most - least : double.PositiveInfinity;

    /// <summary>Its unit; empty where none is known.</summary>
    public static string UnitOf(string? key) => key is null ? "nats" : Known.TryGetValue(key, out (string Words, string Unit) known) ? known.Unit : "";

    /// <summary>The number format of its differences.</summary>
    public static string FormatOf(string? key, bool signed) => (key == TokensToBaseline, signed) switch
    {
        (true, true) => "+#,##0;−#,##0;0",
        (true, false) => "#,##0",
        (false, true) => "+0.000;−0.000;0.000",
        _ => "0.000",
    };
}
