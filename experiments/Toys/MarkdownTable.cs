using System.Text;

namespace MiniGrad.Experiments.Toys;

/// <summary>A table whose columns line up in the source, too.</summary>
internal static class MarkdownTable
{
    /// <summary>The first <paramref name="left"/> columns are words, the others numbers.</summary>
    public static string Of(IReadOnlyList<string[]> rows, int left)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => Math.Max(3, rows.Max(r => r[c].Length)))];
        var text = new StringBuilder();
        for (int r = 0; r < rows.Count; r++)
        {
            text.Append("| ").AppendJoin(" | ", rows[r].Select((cell, c) => c < left ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).Append(" |\n");
            if (r == 0) text.Append("| ").AppendJoin(" | ", widths.Select((w, c) => c < left ? new string('-', w) : new string('-', w - 1) + ":")).Append(" |\n");
        }
        return text.ToString();
    }
}
