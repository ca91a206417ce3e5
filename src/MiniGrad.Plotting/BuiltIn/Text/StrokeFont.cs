using System.Globalization;

namespace MiniGrad.Plotting;

/// <summary>A single-stroke font: each character is a few polylines, so text is drawn by the same code as the curves.</summary>
internal static class StrokeFont
{
    internal const double Em = 20, CapHeight = 14, Ascent = 16, Descent = 5;

    private const double Spacing = 3.3, ArcStep = 10;

    private static readonly Dictionary<char, Glyph> Glyphs = Parse(StrokeFontGlyphs.Data);

    /// <summary>The empty box that stands for a character the font lacks.</summary>
    private static readonly Glyph Unknown = new(8, [[new(0, 0), new(0, 14), new(8, 14), new(8, 0), new(0, 0)]]);

    internal static bool Has(char c) => Glyphs.ContainsKey(c);

    internal static Glyph Of(char c) => Glyphs.GetValueOrDefault(c, Unknown);

    /// <summary>The advance width of a text at a font size (the em) in the unit of the size.</summary>
    internal static double Measure(string text, double size)
    {
        double width = 0;
        foreach (char c in text)
            width += Of(c).Width + Spacing;
        return Math.Max(0, width - Spacing) * size / Em;
    }

    /// <summary>The strokes of a text from pen position 0 on the base line, y upwards.</summary>
    internal static IEnumerable<Point[]> Strokes(string text, double size)
    {
        double k = size / Em, pen = 0;
        foreach (char c in text)
        {
            Glyph glyph = Of(c);
            foreach (Point[] stroke in glyph.Strokes)
                yield return Array.ConvertAll(stroke, p => new Point((pen + p.X) * k, p.Y * k));
            pen += glyph.Width + Spacing;
        }
    }

    private static Dictionary<char, Glyph> Parse(string data)
    {
        var glyphs = new Dictionary<char, Glyph> { [' '] = new(2.6, []) };
        foreach (string line in data.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] tokens = line.Split(' ');
            glyphs.Add(tokens[0][0], new(Number(tokens[1]), ParseStrokes(tokens.AsSpan(2))));
        }

        return glyphs;
    }

    private static List<Point[]> ParseStrokes(ReadOnlySpan<string> tokens)
    {
        var strokes = new List<Point[]>();
        var stroke = new List<Point>();
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == "|")
            {
                strokes.Add([.. stroke]);
                stroke.Clear();
            }
            else if (tokens[i] == "o")
            {
                AddArc(stroke, Array.ConvertAll(tokens[++i].Split(','), Number));
            }
            else
            {
                string[] xy = tokens[i].Split(',');
                stroke.Add(new(Number(xy[0]), Number(xy[1])));
            }
        }

        strokes.Add([.. stroke]);
        return strokes;
    }

    private static void AddArc(List<Point> stroke, double[] arc)
    {
        double from = arc[4], sweep = arc[5] - from;
        int steps = Math.Max(4, (int)(Math.Abs(sweep) / ArcStep));
        for (int i = 0; i <= steps; i++)
        {
            (double sin, double cos) = Math.SinCos((from + sweep * i / steps) * Math.PI / 180);
            stroke.Add(new(arc[0] + arc[2] * cos, arc[1] + arc[3] * sin));
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A character: its width and its strokes in font units.</summary>
    internal sealed record Glyph(double Width, IReadOnlyList<Point[]> Strokes);
}
