using MiniGrad.Experiments.Probes;

namespace MiniGrad.Experiments.Catalog;

/// <summary>One of the rules that an experiment compares.</summary>
/// <param name="Name">What tables and figures call it; its colour follows from it.</param>
/// <param name="Preset">The optimizer preset that it starts from.</param>
/// <param name="Changes">Settings that differ from the preset's, as <c>key=value</c>.</param>
internal sealed record Variant(string Name, string Preset, params string[] Changes)
{
    /// <summary>What products of its linear layers round their operands to, where that is what varies; else null, for what holds for all runs.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Its place on the horizontal axis of a sweep over variants.</summary>
    public double? At { get; init; }

    /// <summary>Which factors of a factorial it has, in the order of <see cref="Factorial.Factors"/>; empty elsewhere.</summary>
    public IReadOnlyList<bool> Levels { get; init; } = [];

    /// <summary>The curve that it is a point of in a sweep over variants; empty for the only one.</summary>
    public string Series { get; init; } = "";
}

/// <summary>
/// What an experiment claims, fixed before anything runs: in the first arm, one variant ends with a lower validation loss than
/// another.
/// </summary>
/// <param name="Text">The claim in words.</param>
/// <param name="Lower">The variant said to end lower.</param>
/// <param name="Than">The variant that it is compared with.</param>
internal sealed record Claim(string Text, string Lower, string Than)
{
    /// <summary>The measure of a probe that is compared instead of the final validation loss, or null.</summary>
    public string? Measure { get; init; }

    /// <summary>The largest difference that does not matter, in the unit of what is compared; null for 0.01 nats of a loss, and for none of another measure.</summary>
    public double? Margin { get; init; }
}

/// <summary>
/// An experiment as data: the variants differ in one thing each, everything else is shared. Runner, logs, statistics,
/// table, figure and verdict follow from this record.
/// </summary>
internal sealed record Experiment
{
    public required string Name { get; init; }

    /// <summary>What it asks, in one line.</summary>
    public required string Question { get; init; }

    /// <summary>Where the paper (arXiv 2507.11005) has it, or that it does not.</summary>
    public required string Paper { get; init; }

    /// <summary>What is varied and why, in a paragraph.</summary>
    public required string Explanation { get; init; }

    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>The conditions that all variants run under; the first one decides the claim.</summary>
    public IReadOnlyList<Arm> Arms { get; init; } = [Arm.Only];

    /// <summary>Settings of all arms that differ from the profile's, as <see cref="Arm"/> has them; an arm's own count instead.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The grid that every variant is run on where none is given; empty for the arm's one rate.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>The claim about two variants, or null where there is none to test (the outcome is then "none", unless there is a factorial).</summary>
    public Claim? Claim { get; init; }

    /// <summary>The factors that its variants are all combinations of, with a claim about their interaction; null where they are not.</summary>
    public Factorial? Factorial { get; init; }

    /// <summary>What it claims, in words; null where it claims nothing.</summary>
    public string? ClaimInWords => Claim?.Text ?? Factorial?.Claim;

    /// <summary>What others found, quoted beside our verdict.</summary>
    public string? OthersFound { get; init; }

    /// <summary>What is measured on every trained model besides its loss.</summary>
    public IReadOnlyList<IProbe> Probes { get; init; } = [];

    /// <summary>What its figure shows.</summary>
    public Drawing Drawing { get; init; } = Drawing.Curves;

    /// <summary>What the horizontal axis of a <see cref="Drawing.Sweep"/> is.</summary>
    public string Axis { get; init; } = "";

    /// <summary>Whether that axis is logarithmic.</summary>
    public bool AxisIsLogarithmic { get; init; }

    /// <summary>The profile that runs by default.</summary>
    public string Profile { get; init; } = "small";

    /// <summary>Number of seeds by default.</summary>
    public int Seeds { get; init; } = 3;
}
