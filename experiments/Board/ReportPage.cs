using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Board;

/// <summary><c>report.html</c>: the board of run folders as a page that needs no server, with its numbers inside.</summary>
internal static class ReportPage
{
    public const string FileName = "report.html";

    // So that the page of a hundred runs stays small enough to be mailed.
    private const int MostNumbers = 150_000, FewestPoints = 60, MostPoints = 600;

    /// <summary>Writes the page of some run folders, finished or not.</summary>
    /// <param name="folders">Run folders, or folders of them.</param>
    /// <param name="path">The file.</param>
    /// <returns>How many runs it shows.</returns>
    public static int Write(IReadOnlyList<string> folders, string path)
    {
        var finder = new RunFinder([.. folders.Select(Path.GetFullPath)]);
        IReadOnlyList<BoardRun> runs = finder.FindNew();
        foreach (BoardRun run in runs) run.Update();
        AtomicFile.WriteText(path, Text(finder, runs));
        return runs.Count;
    }

    private static string Text(RunFinder finder, IReadOnlyList<BoardRun> runs)
    {
        string page = WebAssets.Read("board.html");
        page = Replace(page, "<!--styles-->", $"<style>{WebAssets.Read("uPlot.min.css")}{WebAssets.Read("board.css")}</style>");
        page = Replace(page, "<!--data-->", $"<script type=\"application/json\" id=\"data\">{Data(finder, runs)}</script>");
        return Replace(page, "<!--scripts-->", $"<script>{WebAssets.Read("uPlot.iife.min.js")}</script><script>{WebAssets.Read("board.js")}</script>");
    }

    // What stands between the marks is for the served page.
    private static string Replace(string page, string mark, string text)
    {
        int start = page.IndexOf(mark, StringComparison.Ordinal), end = page.IndexOf(mark, start + 1, StringComparison.Ordinal);
        return string.Concat(page.AsSpan(0, start), text, page.AsSpan(end + mark.Length));
    }

    private static string Data(RunFinder finder, IReadOnlyList<BoardRun> runs)
    {
        string[] measures = [.. BoardData.Measures(runs)];
        int points = Math.Clamp(MostNumbers / Math.Max(1, runs.Count * measures.Length), FewestPoints, MostPoints);
        using var buffer = new MemoryStream();
        // The encoder escapes '<': nothing in a name can end the script element.
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            writer.WriteStartObject();
            Write(writer, "experiments", new JsonArray([.. finder.Experiments.Select(e => e.ToJson())]));
            Write(writer, "runs", new JsonArray([.. runs.Select(r => r.ToJson())]));
            Write(writer, "measures", new JsonArray([.. measures.Select(m => JsonValue.Create(m))]));
            Write(writer, "settings", new JsonArray([.. runs.Select(r => r.Settings.DeepClone())]));
            writer.WriteStartObject("curves");
            foreach (string y in measures)
            {
                writer.WriteStartObject(y);
                foreach (string x in BoardData.Axes)
                {
                    writer.WritePropertyName(x);
                    BoardData.WriteCurves(writer, runs, x, y, double.NegativeInfinity, double.PositiveInfinity, points);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter writer, string name, JsonNode value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }
}
