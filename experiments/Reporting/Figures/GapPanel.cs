using MiniGrad.Experiments.Catalog;
using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>
/// The paired difference of the claim's two variants on the way, a curve an arm; below zero the claim holds. Arms whose
/// names begin alike, up to a comma, share a panel, so that bands do not cover each other.
/// </summary>
internal static class GapPanel
{
    private const string Separator = ", ";

    /// <summary>The panels; none where there is no claim or nothing to compare.</summary>
    public static IEnumerable<Panel> All(ExperimentResult result, HorizontalAxis axis)
    {
        if (result.Experiment.Claim is not { } claim) return [];
        IGrouping<string, ArmResult>[] groups = [.. result.Arms.GroupBy(arm => arm.Arm.Name.Split(Separator)[0])];
        bool grouped = groups.Length > 1 && groups.Any(g => g.Count() > 1);
        return grouped
            ? groups.Select(g => Of([.. g], arm => arm.Arm.Name[Math.Min(arm.Arm.Name.Length, g.Key.Length + Separator.Length)..], g.Key, claim, axis)).OfType<Panel>()
            : new[] { Of([.. result.Arms], arm => arm.Arm.Name, $"{claim.Lower} − {claim.Than}", claim, axis) }.OfType<Panel>();
    }

    private static Panel? Of(ArmResult[] arms, Func<ArmResult, string> name, string title, Claim claim, HorizontalAxis axis)
    {
        Curve[] curves = [.. arms.Select(arm => Gap(arm, name(arm), claim.Lower, claim.Than, axis)).OfType<Curve>()];
        return !curves.Any(c => c.Mean.Any(double.IsFinite)) ? null : new Panel
        {
            XLabel = axis.Label(),
            Title = title,
            YLabel = $"difference ({Units.Of(arms[0])})",
            XScale = AxisScale.Logarithmic,
            Curves = curves,
            ReferenceLines = [new ReferenceLine("no difference", 0)],
        };
    }

    private static Curve? Gap(ArmResult arm, string name, string lower, string than, HorizontalAxis axis)
    {
        (StepMetrics[] First, StepMetrics[] Second)[] pairs = [.. arm.Variant(lower).Runs.Zip(arm.Variant(than).Runs, (a, b) => (CurvePanel.Evaluated(a), CurvePanel.Evaluated(b)))];
        int points = pairs.Min(p => Math.Min(p.First.Length, p.Second.Length));
        if (points == 0) return null;
        double[] x = [.. Enumerable.Range(0, points).Select(i => pairs.Average(p => axis.Of(p.First[i])))];
        return Curve.OverSeeds(name, x, [.. pairs.Select(p => (IReadOnlyList<double>)[.. Enumerable.Range(0, points).Select(i => p.First[i].ValidationLoss!.Value - p.Second[i].ValidationLoss!.Value)])]) with { Runs = [] };
    }
}
