using MiniGrad.Experiments.Statistics;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>The effects of a factorial in the first arm: main effects and two-way interactions, each with its interval.</summary>
internal static class EffectsPanel
{
    /// <summary>Both panels; none where a run diverged.</summary>
    public static IEnumerable<Panel> All(ExperimentResult result)
    {
        (string Title, int Order)[] panels = [("effect on the loss", 1), ("interaction: the first one's effect with the second − without", EffectTable.HighestOrder)];
        foreach ((string title, int order) in panels)
        {
            RankRow[] rows = [.. result.Effects.Where(e => e.Arm == result.Primary.Arm.Name && e.Order == order).Select(Row)];
            if (rows.Length == 0) yield break;
            yield return new Panel
            {
                Title = title,
                XLabel = $"final validation loss, with − without ({Units.Of(result.Primary)})",
                EndValueFormat = RankingPanel.Difference,
                Rows = rows,
                ReferenceLines = [new ReferenceLine("no effect", 0)],
            };
        }
    }

    // The claim's effect stands out.
    private static RankRow Row(EffectResult e)
    {
        PairedT test = e.Test!;
        return new RankRow { Name = e.Name, ColorKey = e.IsClaimed ? "adamuon" : "adamw", Value = test.Difference, Low = test.Lower, High = test.Upper };
    }
}
