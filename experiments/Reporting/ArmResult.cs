using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary>What the held-out text costs models that need no training run, in nats a token and bits a byte.</summary>
internal sealed record ReferenceLines(ReferenceLoss Unigram, ReferenceLoss Bigram, double GzipBitsPerByte);

/// <summary>An arm that has run: its variants over their seeds, and what they are measured against.</summary>
internal sealed record ArmResult
{
    private const int MostNamed = 4;

    public required Arm Arm { get; init; }

    public required RunSettings Settings { get; init; }

    /// <summary><c>shared</c> (one learning rate for all) or <c>tuned</c> (every variant at its best of one grid).</summary>
    public required string Protocol { get; init; }

    public required IReadOnlyList<double> LearningRates { get; init; }

    public required IReadOnlyList<RunRecord> Records { get; init; }

    /// <summary>One row a variant: at the shared rate, or at its best of the grid.</summary>
    public required IReadOnlyList<VariantSummary> Variants { get; init; }

    /// <summary>Every variant at every rate of the grid.</summary>
    public required IReadOnlyList<VariantSummary> Grid { get; init; }

    public required ReferenceLines References { get; init; }

    public required TokenData Data { get; init; }

    public required long ValidationTokens { get; init; }

    /// <summary>The rate or rates of the runs and where they are from, in words.</summary>
    public string RateInWords => (Protocol, Variants.Count) switch
    {
        ("tuned", 1) => $"its best {Choices}",
        ("tuned", _) => $"every variant at its best {Choices}",
        (_, 1) => $"learning rate {Rates}, {RateSource}",
        _ => $"one learning rate for all, {Rates}, {RateSource}",
    };

    /// <summary>The size in words, and the products' precision where it is not float32.</summary>
    public string SizeInWords => string.Create(CultureInfo.InvariantCulture, $"{Settings.Steps:N0} steps of {Settings.TokensPerStep:N0} tokens{Precisions.InWords(Settings.Model)}");

    public int Seeds => Variants[0].Runs.Count;

    /// <summary>The variant of a name.</summary>
    public VariantSummary Variant(string name) => Variants.First(v => v.Name == name);

    /// <summary>The end of the grid at which a variant is best, or null; its optimum may then lie outside.</summary>
    public GridEdge? EdgeOf(VariantSummary variant) => GridEdge.Of(variant.Name, Grid.Where(s => s.Name == variant.Name && s.Setting == variant.Setting).Select(s => (s.LearningRate, s.ValidationLoss.Mean)));

    private string Choices => GridSettings.Length == 0 ? $"learning rate of {Rates}" : $"of {GridSettings.Length} settings ({string.Join("; ", GridSettings.Take(MostNamed))}{(GridSettings.Length > MostNamed ? "; …" : "")}) and the learning rate{(LearningRates.Count > 1 ? "s" : "")} {Rates}";

    private string[] GridSettings => [.. Grid.Select(s => s.Setting).Where(s => s.Length > 0).Distinct()];

    private string Rates => string.Join(", ", LearningRates.Select(r => r.ToString("G", CultureInfo.InvariantCulture)));

    private string RateSource => LearningRates[0] == Settings.LearningRate ? Settings.LearningRateSource : "as given";
}
