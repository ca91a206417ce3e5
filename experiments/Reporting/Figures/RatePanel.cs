using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>Final validation loss over the grid of learning rates.</summary>
internal static class RatePanel
{
    /// <summary>A curve a variant; null where every run diverged.</summary>
    public static Panel? OfArm(ArmResult arm) => Panel(arm.Arm.Name, arm, [.. arm.Variants.Select(v => Curve(v.Name, arm, v.Name))]);

    /// <summary>A curve an arm, of one variant; null where every run diverged.</summary>
    public static Panel? OfVariant(ExperimentResult result, string variant) => Panel(variant, result.Primary, [.. result.Arms.Select(a => Curve(a.Arm.Name, a, variant))]);

    private static Panel? Panel(string title, ArmResult arm, Curve[] curves)
    {
        double[] finite = [.. curves.SelectMany(c => c.Mean).Where(double.IsFinite)];
        if (finite.Length == 0) return null;
        double unigram = arm.References.Unigram.NatsPerToken;
        return new Panel
        {
            Title = title.Length > 0 ? title : null,
            XLabel = "learning rate",
            YLabel = $"final validation loss ({Units.Of(arm)})",
            XScale = AxisScale.Logarithmic,
            // What lies above a unigram model has learnt nothing; it would only press the rest together.
            YMax = finite.Max() > unigram ? unigram : null,
            Curves = curves,
        };
    }

    private static Curve Curve(string name, ArmResult arm, string variant) => SweepPanel.Over(
        name,
        [.. arm.Grid.Where(s => s.Name == variant && s.Setting == arm.Variant(variant).Setting).OrderBy(s => s.LearningRate).Select(s => (s.LearningRate, (IReadOnlyList<double>)[.. s.Runs.Select(r => r.FinalValidationLoss)]))]);
}
