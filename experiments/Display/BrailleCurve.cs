namespace MiniGrad.Experiments.Display;

/// <summary>A curve in Braille characters: two points across and four down in each.</summary>
internal static class BrailleCurve
{
    /// <summary>Points across in a character.</summary>
    public const int Across = 2;

    private const int Down = 4;
    private const int Blank = 0x2800;
    private static readonly int[,] Dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>The lines of a curve, from the top.</summary>
    /// <param name="values">A value a point, twice as many as characters; NaN for none.</param>
    /// <param name="lowest">What lies at the bottom.</param>
    /// <param name="highest">What lies at the top; what is above it is drawn there.</param>
    /// <param name="lines">Characters down.</param>
    public static string[] Lines(IReadOnlyList<double> values, double lowest, double highest, int lines)
    {
        int width = values.Count / Across, levels = lines * Down;
        var cells = new int[lines, width];
        for (int i = 0; i < width * Across; i++)
        {
            if (!double.IsFinite(values[i])) continue;
            double height = highest > lowest ? Math.Clamp((values[i] - lowest) / (highest - lowest), 0, 1) : 0;
            int row = levels - 1 - (int)Math.Round(height * (levels - 1));
            cells[row / Down, i / Across] |= Dots[i % Across, row % Down];
        }
        return [.. Enumerable.Range(0, lines).Select(line => string.Concat(Enumerable.Range(0, width).Select(c => cells[line, c] == 0 ? ' ' : (char)(Blank + cells[line, c]))))];
    }
}
