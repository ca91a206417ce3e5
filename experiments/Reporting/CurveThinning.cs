namespace MiniGrad.Experiments.Reporting;

/// <summary>
/// What is kept of a long curve where it is published: about 200 evenly spaced steps, and every step that was evaluated. What is
/// computed from a curve's training losses is computed from the evenly spaced ones, so that a published curve gives the same.
/// </summary>
internal static class CurveThinning
{
    private const int Points = 200;

    /// <summary>Whether a step is one of the evenly spaced ones, or the last.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="last">The run's last logged step.</param>
    public static bool IsSpaced(long step, long last) => step == last || step % ((last + Points - 1) / Points) == 0;

    /// <summary>The lines of a text of curves that are published of it.</summary>
    /// <param name="lines">The header and the lines of whole runs.</param>
    public static IEnumerable<string> Of(IReadOnlyList<string> lines)
    {
        yield return lines[0];
        // The curves of toys have columns of their own.
        if (!lines[0].EndsWith(string.Join(',', CurvesFile.Columns), StringComparison.Ordinal))
        {
            foreach (string line in lines.Skip(1)) yield return line;
            yield break;
        }
        // A run's name may hold commas, its numbers none.
        foreach (IGrouping<string, (string Run, string[] Values, string Line)> run in lines.Skip(1).Select(Parted).GroupBy(line => line.Run))
        {
            long last = Step(run.Last().Values);
            foreach ((_, string[] values, string line) in run)
            {
                if (values[ValidationLoss].Length > 0 || IsSpaced(Step(values), last)) yield return line;
            }
        }
    }

    private static int ValidationLoss { get; } = CurvesFile.Columns.ToList().IndexOf("validationLoss");

    private static (string Run, string[] Values, string Line) Parted(string line)
    {
        string[] cells = line.Split(',');
        int values = cells.Length - CurvesFile.Columns.Count;
        return (string.Join(',', cells[..values]), cells[values..], line);
    }

    private static long Step(string[] values) => long.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture);
}
