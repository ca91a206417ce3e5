using System.Text;
using MiniGrad.Experiments.Reporting;

namespace MiniGrad.Experiments.Display;

/// <summary>The table of results as plain aligned text that fits a terminal; Markdown is for files.</summary>
internal static class TerminalTable
{
    private const int Gap = 2;
    private const int LeastName = 12;

    /// <summary>The table.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="note">A mark behind a learning rate.</param>
    /// <param name="width">Characters across, or null where nothing need fit. The columns that say least are left out first.</param>
    public static string Of(IReadOnlyList<VariantSummary> rows, Func<VariantSummary, string> note, int? width)
    {
        List<ResultColumn> columns = [.. ResultColumn.Of(rows, note)];
        while (Widths(columns).Sum() + (Gap * (columns.Count - 1)) >= width && columns.MaxBy(c => c.Rank) is { Rank: > 0 } least) columns.Remove(least);
        int[] widths = Widths(columns);
        if (width is { } room) widths[0] = Math.Clamp(room - 1 - widths[1..].Sum(w => w + Gap), Math.Min(LeastName, widths[0]), widths[0]);
        var text = new StringBuilder();
        Line(columns.Select(c => c.Header));
        foreach (VariantSummary row in rows) Line(columns.Select(c => c.Cell(row)));
        return text.ToString();

        int[] Widths(IEnumerable<ResultColumn> shown) => [.. shown.Select(c => rows.Select(r => c.Cell(r).Length).Append(c.Header.Length).Max())];

        void Line(IEnumerable<string> cells)
        {
            var line = new StringBuilder();
            foreach ((int i, string cell) in cells.Index())
            {
                if (i == 0) line.Append(LiveColumns.Shortened(cell, widths[0]).PadRight(widths[0]));
                else line.Append(' ', Gap).Append(columns[i].Header == "setting" ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            }
            text.AppendLine(line.ToString().TrimEnd());
        }
    }
}
