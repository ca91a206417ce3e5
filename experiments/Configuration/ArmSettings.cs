using System.Globalization;
using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Configuration;

/// <summary>What an experiment and one of its arms set, where the command line says nothing.</summary>
internal sealed record ArmSettings
{
    private static readonly string[] Keys = ["profile", "steps", "batch", "evaluateEvery", "schedule", "learningRate", "warmup", "decay", "finalRate", "clip", "weightDecay", "corpus"];

    public required string Profile { get; init; }

    public int? Steps { get; init; }

    public int? Batch { get; init; }

    public int? EvaluateEvery { get; init; }

    public string Schedule { get; init; } = "constant";

    public double? LearningRate { get; init; }

    public string? Warmup { get; init; }

    public string? Decay { get; init; }

    public double? FinalRate { get; init; }

    public double? Clip { get; init; }

    public double? WeightDecay { get; init; }

    public string? Corpus { get; init; }

    /// <summary><c>model.</c> and <c>optimizer.</c> keys, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Whether nothing but the profile is set.</summary>
    public bool IsProfileOnly => Steps is null && Batch is null && Schedule == "constant" && (LearningRate, Warmup, Decay, FinalRate, Clip, WeightDecay) == default && Corpus is null && Set.Count == 0;

    /// <summary>The settings of an arm.</summary>
    /// <exception cref="CommandException">A key or value is wrong.</exception>
    public static ArmSettings Of(Experiment experiment, Arm arm)
    {
        var settings = new ArmSettings { Profile = experiment.Profile };
        foreach (string change in experiment.Settings.Concat(arm.Changes)) settings = settings.With(change);
        return settings;
    }

    /// <summary>The keys of arms, <c>model.</c> and <c>optimizer.</c> keys apart.</summary>
    public static IReadOnlyList<string> Names => Keys;

    /// <summary>The settings with one key changed.</summary>
    /// <param name="change">An assignment.</param>
    /// <exception cref="CommandException">The key or its value is wrong.</exception>
    public ArmSettings With(string change)
    {
        string[] parts = change.Split('=', 2);
        (string key, string value) = (parts[0], parts[^1]);
        if (key.StartsWith("model.", StringComparison.Ordinal) || key.StartsWith("optimizer.", StringComparison.Ordinal)) return this with { Set = [.. Set, change] };
        return key switch
        {
            "profile" => this with { Profile = value },
            "steps" => this with { Steps = Whole(change, value) },
            "batch" => this with { Batch = Whole(change, value) },
            "evaluateEvery" => this with { EvaluateEvery = Whole(change, value) },
            "schedule" => this with { Schedule = value },
            "learningRate" => this with { LearningRate = Positive(change, value) },
            "warmup" => this with { Warmup = value },
            "decay" => this with { Decay = value },
            "finalRate" => this with { FinalRate = NotNegative(change, value) },
            "clip" => this with { Clip = NotNegative(change, value) },
            "weightDecay" => this with { WeightDecay = NotNegative(change, value) },
            "corpus" => this with { Corpus = value },
            _ => throw CommandException.Unknown("key of an arm", key, [.. Keys, "model.", "optimizer."]),
        };
    }

    private static int Whole(string change, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw CommandException.Usage($"{change}: expected a whole number from 1 on");

    private static double NotNegative(string change, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 0 && double.IsFinite(number) ? number : throw CommandException.Usage($"{change}: expected a number from 0 on");

    private static double Positive(string change, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number) ? number : throw CommandException.Usage($"{change}: expected a positive number");
}
