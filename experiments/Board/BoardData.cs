using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Board;

/// <summary>The JSON documents that the page asks for; a report has the same inside.</summary>
internal static class BoardData
{
    /// <summary>What curves can be drawn over.</summary>
    public static readonly string[] Axes = [RunCurves.Step, "tokens", "seconds"];

    /// <summary>The list of experiments, runs and measures.</summary>
    public static JsonObject List(BoardState state)
    {
        IReadOnlyList<BoardRun> runs = state.Runs;
        return new JsonObject
        {
            ["version"] = state.Version,
            ["experiments"] = new JsonArray([.. state.Experiments.Select(e => e.ToJson())]),
            ["runs"] = new JsonArray([.. runs.Select(r => r.ToJson())]),
            ["measures"] = new JsonArray([.. Measures(runs).Select(m => JsonValue.Create(m))]),
        };
    }

    /// <summary>Every measure that some run has, but those that are axes.</summary>
    public static IEnumerable<string> Measures(IEnumerable<BoardRun> runs) =>
        runs.SelectMany(r => r.Measures()).Where(m => !Axes.Contains(m)).Distinct(StringComparer.Ordinal);

    /// <summary>Writes <c>{"x":[…],"y":[[…],…]}</c>: a measure of some runs over one row of abscissae.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="x">One of <see cref="Axes"/>.</param>
    /// <param name="y">The measure.</param>
    /// <param name="from">The part of the axis that is seen: from here</param>
    /// <param name="to">to here.</param>
    /// <param name="most">Abscissae at most.</param>
    public static void WriteCurves(Utf8JsonWriter output, IReadOnlyList<BoardRun> runs, string x, string y, double from, double to, int most)
    {
        SharedColumns columns = SharedColumns.Of([.. runs.Select(r => r.Of(x, y).Between(from, to))], most);
        output.WriteStartObject();
        output.WriteStartArray("x");
        foreach (double value in columns.X) Write(output, value, "G9");
        output.WriteEndArray();
        output.WriteStartArray("y");
        foreach (double[] column in columns.Y)
        {
            output.WriteStartArray();
            foreach (double value in column) Write(output, value, "G6");
            output.WriteEndArray();
        }
        output.WriteEndArray();
        output.WriteEndObject();
    }

    // More digits than a screen has pixels are of no use there.
    private static void Write(Utf8JsonWriter output, double value, string format)
    {
        Span<char> text = stackalloc char[32];
        if (!double.IsNaN(value) && value.TryFormat(text, out int length, format, CultureInfo.InvariantCulture)) output.WriteRawValue(text[..length], skipInputValidation: true);
        else output.WriteNullValue();
    }
}
