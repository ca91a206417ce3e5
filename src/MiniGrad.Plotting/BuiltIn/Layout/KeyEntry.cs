using System.Globalization;

namespace MiniGrad.Plotting;

/// <summary>What the reader must be able to name: a curve or a reference line.</summary>
/// <param name="Name">The name.</param>
/// <param name="Note">What follows the name: the last value, or how many runs stopped early; empty for nothing.</param>
/// <param name="Color">The line's colour.</param>
/// <param name="Width">The line's width.</param>
/// <param name="Dash">The line's dash pattern.</param>
/// <param name="EndX">Where the line ends, as a value; NaN for a curve without any value.</param>
/// <param name="EndY">The value there.</param>
/// <param name="Marks">Whether its points are marked.</param>
internal sealed record KeyEntry(string Name, string Note, Rgb Color, double Width, double[]? Dash, double EndX, double EndY, bool Marks = false)
{
    /// <summary>Name and note.</summary>
    internal string Text => Name + Note;

    /// <summary>The text in a given width; a name that is too long is cut, its note is not.</summary>
    internal string Shorten(double size, double width)
    {
        double note = TextFont.Measure(Text, size) - TextFont.Measure(Name, size);
        return note < width / 2 ? TextFit.Shorten(Name, size, width - note) + Note : TextFit.Shorten(Text, size, width);
    }

    /// <summary>The entries of a panel: its curves, then its reference lines.</summary>
    internal static List<KeyEntry> Of(Panel panel, IReadOnlyList<Rgb> colors, (double Low, double High) horizontal, (double Low, double High, bool) vertical)
    {
        var entries = new List<KeyEntry>();
        foreach ((Curve curve, Rgb color) in panel.Curves.Zip(colors))
        {
            int last = curve.LastIndex();
            (double x, double y) = last < 0 ? (double.NaN, double.NaN) : (curve.X[last], curve.Mean[last]);
            entries.Add(new(curve.Name, NoteOf(curve, last, panel.EndValueFormat), color, Theme.MeanWidth, curve.Dashed ? Theme.CurveDash : null, x, y, curve.Marks));
        }

        foreach ((int i, ReferenceLine line) in panel.ReferenceLines.Index())
        {
            string where = line.Y < vertical.Low ? " ↓" : line.Y > vertical.High ? " ↑" : "";
            entries.Add(new(line.Label, where, Theme.Reference, Theme.ReferenceWidth, Theme.ReferenceDash(i), horizontal.High, line.Y));
        }

        return entries;
    }

    /// <summary>A sample of the line, with its mark.</summary>
    internal IEnumerable<SceneItem> Swatch(double left, double y, double width, Box clip)
    {
        yield return new PolylineItem([new(left, y), new(left + width, y)], Width * 1.15, Color, clip, LineRole.Decoration, Dash: Dash);
        if (Marks)
            yield return new PolylineItem([new(left + width / 2, y)], Theme.MarkSize, Color, clip, LineRole.Decoration);
    }

    /// <summary>A value at which a mean merely stopped must not be read as the result, so the note then says that instead.</summary>
    private static string NoteOf(Curve curve, int last, string? format)
    {
        int stopped = curve.StoppedEarly().Count();
        if (stopped > 0)
            return curve.Runs.Count > 1 ? $" ({stopped} of {curve.Runs.Count} stopped)" : " (stopped)";
        return last < 0 || format is null ? "" : " " + curve.Mean[last].ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
