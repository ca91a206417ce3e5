using System.Globalization;

namespace MiniGrad.Experiments.Reporting;

/// <summary>A column of the table of results.</summary>
/// <param name="Header">What stands above it.</param>
/// <param name="Rank">How soon it goes where there is no room: the highest first, 0 never.</param>
/// <param name="Cell">A row's text.</param>
internal sealed record ResultColumn(string Header, int Rank, Func<VariantSummary, string> Cell)
{
    private const string Nothing = "–";

    /// <summary>Whether it tells of the machine and what else ran on it: it is shown where it was measured, and not published.</summary>
    public bool IsOfMachine { get; init; }

    /// <summary>The columns that say something of these rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="note">A mark behind a learning rate.</param>
    public static IReadOnlyList<ResultColumn> Of(IReadOnlyList<VariantSummary> rows, Func<VariantSummary, string> note)
    {
        ResultColumn[] all =
        [
            new("variant", 0, v => v.Name),
            new("learning rate", 4, v => v.LearningRate.ToString("G", CultureInfo.InvariantCulture) + note(v)),
            new("setting", 3, v => v.Setting.Length > 0 ? v.Setting : Nothing),
            new("n", 5, v => v.Runs.Count.ToString(CultureInfo.InvariantCulture)),
            new("validation loss", 0, v => ResultTable.MeanAndDeviation(v.ValidationLoss)),
            new("bits/byte", 2, v => ResultTable.Number(v.BitsPerByte, "F3")),
            new("training loss", 6, v => ResultTable.MeanAndDeviation(v.TrainLoss)),
            new("tokens to AdamW's loss", 7, ToBaseline),
            new("s/step", 8, v => ResultTable.Number(v.SecondsPerStep, "G3")) { IsOfMachine = true },
        ];
        // Where there is no AdamW, nothing comes down to its loss.
        return [.. all.Where(column => !rows.All(row => column.Cell(row) == Nothing))];
    }

    private static string ToBaseline(VariantSummary v) => v switch
    {
        { ToBaseline: null } => Nothing,
        { ToBaseline: { IsComplete: true } to } => to.Needed.Mean.ToString("N0", CultureInfo.InvariantCulture),
        { ToBaseline: var to } => string.Create(CultureInfo.InvariantCulture, $"> {to.Needed.Mean:N0} ({to.Reached} of {to.N})"),
    };
}
