using System.Globalization;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Runs of several folders in one figure: validation loss on the way, a curve a variant of each.</summary>
internal static class OverlayFigure
{
    /// <summary>Curves that a reader can still tell apart.</summary>
    public const int MostCurves = 12;

    /// <summary>The figure, or null where no run was evaluated.</summary>
    /// <param name="results">What came out, folder by folder.</param>
    /// <param name="axis">What curves are drawn over.</param>
    /// <exception cref="CommandException">There would be too many curves.</exception>
    public static Figure? Of(IReadOnlyList<ExperimentResult> results, HorizontalAxis axis)
    {
        (ExperimentResult Result, ArmResult Arm, VariantSummary Variant)[] all = [.. results.SelectMany(r => r.Arms.SelectMany(a => a.Variants.Select(v => (r, a, v))))];
        if (all.Length > MostCurves) throw CommandException.Usage($"plot: {all.Length} curves in one figure, at most {MostCurves} can be told apart; give fewer runs, or --each for a figure of each");
        string[] names = Names([.. all.Select(e => (e.Variant.Name, e.Arm.Arm.Name, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(e.Result.RunFolder)))))]);
        Curve[] curves = [.. all.Zip(names, (e, name) => CurvePanel.Draw(e.Variant, name, axis)).OfType<Curve>().Where(c => c.Mean.Any(double.IsFinite))];
        if (curves.Length == 0) return null;
        ArmResult first = all[0].Arm;
        string[] units = [.. all.Select(e => Units.Of(e.Arm)).Distinct()];
        bool oneText = all.DistinctBy(e => (e.Arm.Data.Corpus.Sha256, e.Arm.Data.Tokenizer.Name, e.Arm.ValidationTokens)).Count() == 1;
        double bigram = first.References.Bigram.NatsPerToken;
        return new Figure
        {
            Title = $"{results.Count} runs beside each other",
            Panels =
            [
                new Panel
                {
                    XLabel = axis.Label(),
                    YLabel = units.Length == 1 ? $"validation loss ({units[0]})" : "validation loss (nats per token)",
                    YMax = oneText ? Math.Max(1.15 * bigram, 1.05 * curves.SelectMany(c => c.Mean).Where(double.IsFinite).Min()) : null,
                    EndValueFormat = "F3",
                    Curves = curves,
                    ReferenceLines = oneText ? [new ReferenceLine(string.Create(CultureInfo.InvariantCulture, $"bigram model {bigram:F2}"), bigram)] : [],
                },
            ],
            Caption = string.Join(' ', results.Select(Described).Append(oneText ? "All on the same held-out text." : "Their held-out texts or tokens differ: their losses do not compare.")),
        };
    }

    // The shortest names that tell curves apart.
    private static string[] Names((string Variant, string Arm, string Folder)[] parts)
    {
        Func<(string Variant, string Arm, string Folder), string>[] forms =
        [
            p => p.Variant,
            p => p.Folder,
            p => $"{p.Variant} ({p.Folder})",
            p => $"{p.Variant}, {p.Arm} ({p.Folder})",
        ];
        foreach (Func<(string Variant, string Arm, string Folder), string> form in forms)
        {
            string[] names = [.. parts.Select(form)];
            if (names.Distinct().Count() == names.Length) return names;
        }
        return [.. parts.Select((p, i) => $"{i + 1}: {forms[^1](p)}")];
    }

    private static string Described(ExperimentResult result)
    {
        ArmResult arm = result.Primary;
        string arms = result.Arms.Count > 1 ? $", {result.Arms.Count} arms" : "", seeds = arm.Seeds == 1 ? $"seed {arm.Variants[0].Runs[0].Run.Seed}" : $"{arm.Seeds} seeds";
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.RunFolder)))}: {result.Experiment.Name}, {arm.Settings.Profile}, {arm.SizeInWords}, {seeds}{arms}.");
    }
}
