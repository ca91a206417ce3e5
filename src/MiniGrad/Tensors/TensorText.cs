using System.Globalization;
using System.Text;

namespace MiniGrad.Tensors;

/// <summary>A tensor's values as NumPy prints them: eight digits at most, columns aligned, 75 characters a line, and beyond 1,000 elements the first and last three of each dimension.</summary>
internal static class TensorText
{
    private const int Threshold = 1000, Edge = 3, LineWidth = 75;

    /// <summary>The text.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="values">Row-major values.</param>
    /// <param name="single">Whether they are float32, so that the fewest digits that tell them apart are those of float32.</param>
    public static string Of(Shape shape, double[] values, bool single)
    {
        bool summarized = shape.Count > Threshold;
        var shown = new List<double>();
        if (shape.Count > 0) Collect(shape, 0, 0, values, summarized, shown);
        var format = new NumberText(shown, single);
        if (shape.Rank == 0) return format.Of(values[0]).Trim();
        return shape.Count == 0 ? Empty(shape) : Lines(shape, 0, 0, values, format, summarized, " ", LineWidth);
    }

    private static string Empty(Shape shape) => shape.Rank == 1 ? "[]" : $"[] of shape {shape}";

    private static void Collect(Shape shape, int axis, long offset, double[] values, bool summarized, List<double> shown)
    {
        if (axis == shape.Rank)
        {
            shown.Add(values[offset]);
            return;
        }
        long stride = Stride(shape, axis);
        foreach (int i in Places(shape[axis], summarized))
        {
            if (i >= 0) Collect(shape, axis + 1, offset + i * stride, values, summarized, shown);
        }
    }

    // −1 stands for the places left out.
    private static IEnumerable<int> Places(int size, bool summarized) =>
        summarized && 2 * Edge < size ? [.. Enumerable.Range(0, Edge), -1, .. Enumerable.Range(size - Edge, Edge)] : Enumerable.Range(0, size);

    private static long Stride(Shape shape, int axis)
    {
        long stride = 1;
        for (int i = axis + 1; i < shape.Rank; i++) stride *= shape[i];
        return stride;
    }

    private static string Lines(Shape shape, int axis, long offset, double[] values, NumberText format, bool summarized, string indent, int width)
    {
        var text = new StringBuilder("[");
        long stride = Stride(shape, axis);
        bool last = axis == shape.Rank - 1, first = true;
        var line = new StringBuilder(indent);
        foreach (int i in Places(shape[axis], summarized))
        {
            if (!last)
            {
                if (!first) text.Append('\n', shape.Rank - 1 - axis).Append(indent);
                text.Append(i < 0 ? "..." : Lines(shape, axis + 1, offset + i * stride, values, format, summarized, indent + " ", width - 1));
            }
            else
            {
                string word = i < 0 ? "..." : format.Of(values[offset + i]);
                if (!first) line.Append(' ');
                if (line.Length + word.Length > width - 1 && line.Length > indent.Length)
                {
                    text.Append(line.ToString(indent.Length, line.Length - indent.Length).TrimEnd()).Append('\n').Append(indent);
                    line.Clear().Append(indent);
                }
                line.Append(word);
            }
            first = false;
        }
        if (last) text.Append(line, indent.Length, line.Length - indent.Length);
        return text.Append(']').ToString();
    }

    /// <summary>How the numbers of one text are written: with a fixed point or an exponent, all as wide as the widest.</summary>
    private sealed class NumberText
    {
        private const int Precision = 8;
        private readonly bool _single, _scientific;
        private readonly int _before, _after;

        public NumberText(List<double> values, bool single)
        {
            _single = single;
            List<double> sizes = [.. values.Where(x => double.IsFinite(x) && x != 0).Select(Math.Abs)];
            _scientific = sizes.Count > 0 && (sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000);
            foreach (double x in values.Where(double.IsFinite))
            {
                (string before, string after, _) = Parts(x);
                (_before, _after) = (Math.Max(_before, before.Length), Math.Max(_after, after.Length));
            }
            int tail = _after + 1 + (_scientific ? 4 : 0);
            foreach (double x in values.Where(x => !double.IsFinite(x))) _before = Math.Max(_before, Special(x).Length - tail);
        }

        public string Of(double x)
        {
            int width = _before + 1 + _after + (_scientific ? 4 : 0);
            if (!double.IsFinite(x)) return Special(x).PadLeft(width);
            (string before, string after, string exponent) = Parts(x);
            return $"{before.PadLeft(_before)}.{(_scientific ? after.PadRight(_after, '0') : after.PadRight(_after))}{exponent}";
        }

        private static string Special(double x) => double.IsNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";

        private (string Before, string After, string Exponent) Parts(double x)
        {
            string text = _single ? ((float)x).ToString("E8", CultureInfo.InvariantCulture) : x.ToString("E16", CultureInfo.InvariantCulture);
            if (x != 0) text = Shortest(x);
            return _scientific ? Scientific(text) : Positional(x);
        }

        // The fewest digits that read back as the same number, as d.ddde±xx.
        private string Shortest(double x)
        {
            for (int digits = 0; digits <= Precision; digits++)
            {
                string text = x.ToString("E" + digits, CultureInfo.InvariantCulture);
                double back = double.Parse(text, CultureInfo.InvariantCulture);
                if (_single ? (float)back == (float)x : back == x) return text;
            }
            return x.ToString("E" + Precision, CultureInfo.InvariantCulture);
        }

        private static (string Before, string After, string Exponent) Scientific(string text)
        {
            string mantissa = text[..text.IndexOf('E', StringComparison.Ordinal)];
            int exponent = int.Parse(text[(text.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
            string[] parts = mantissa.Split('.');
            return (parts[0], parts.Length > 1 ? parts[1].TrimEnd('0') : "", $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        private (string Before, string After, string Exponent) Positional(double x)
        {
            // The shortest form, then cut to the precision; -0 keeps its sign.
            decimal shortest = decimal.Parse(_single ? ((float)x).ToString(CultureInfo.InvariantCulture) : x.ToString(CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
            string text = Math.Abs(Math.Round(shortest, Precision)).ToString("0.########", CultureInfo.InvariantCulture);
            string[] parts = text.Split('.');
            return ((double.IsNegative(x) ? "-" : "") + parts[0], parts.Length > 1 ? parts[1] : "", "");
        }
    }
}
