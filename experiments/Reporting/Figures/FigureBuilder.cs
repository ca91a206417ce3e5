using MiniGrad.Experiments.Catalog;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>The figure of an experiment, as its record asks; the finding is its subtitle.</summary>
internal static class FigureBuilder
{
    /// <summary>The figure, or null where nothing can be drawn: every run diverged, or none was evaluated.</summary>
    /// <param name="result">What came out.</param>
    /// <param name="axis">What curves are drawn over.</param>
    public static Figure? Build(ExperimentResult result, HorizontalAxis axis = HorizontalAxis.Step)
    {
        Panel[] panels = [.. Panels(result, axis)];
        // Where nobody reaches the baseline's loss, the losses still tell something.
        if (panels.Length == 0 && result.Experiment.Drawing == Drawing.Behaviour) throw new InvalidOperationException("the measures of the layers (layers.jsonl) are not there");
        if (panels.Length == 0) panels = [.. CurvePanels(result, axis)];
        return panels.Length == 0 ? null : new Figure
        {
            Title = result.Experiment.Question,
            Subtitle = Finding.Of(result),
            Panels = panels,
            Columns = panels.Length == 2 ? 2 : null,
            Caption = Captions.Of(result),
        };
    }

    private static IEnumerable<Panel> Panels(ExperimentResult result, HorizontalAxis axis) => result.Experiment.Drawing switch
    {
        Drawing.TokensAndSeconds => result.Arms.SelectMany(a => (Panel?[])[CurvePanel.Of(result, a, HorizontalAxis.Tokens), CurvePanel.Of(result, a, HorizontalAxis.Seconds)]).OfType<Panel>(),
        Drawing.Ranking => result.Arms.Select(a => RankingPanel.OfLosses(result, a)).OfType<Panel>(),
        Drawing.Sweep => result.Arms.Select(a => SweepPanel.Of(result.Experiment, a)).OfType<Panel>(),
        Drawing.LearningRates => result.Arms.Select(RatePanel.OfArm).OfType<Panel>(),
        Drawing.Transfer => result.Experiment.Variants.Select(v => RatePanel.OfVariant(result, v.Name)).OfType<Panel>(),
        Drawing.Effects => EffectsPanel.All(result),
        Drawing.Gap => GapPanel.All(result, axis),
        Drawing.TokensSaved => result.Arms.Select(RankingPanel.OfTokensSaved).OfType<Panel>(),
        Drawing.Behaviour => BehaviourPanels.Of(result.Primary, result.RunFolder),
        Drawing.Scaling => ScalingPanels.Of(result),
        Drawing.Descent => CurvePanels(result, axis).Take(1).Concat(BehaviourPanels.Cosines(result.Primary, result.RunFolder)),
        Drawing.MeasuredByVariant => RankingPanel.OfMeasures(result),
        _ => CurvePanels(result, axis),
    };

    private static IEnumerable<Panel> CurvePanels(ExperimentResult result, HorizontalAxis axis) => result.Arms.Select(a => CurvePanel.Of(result, a, axis)).OfType<Panel>();
}
