using System.Text.Json.Nodes;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>Writes <c>diagnostics.jsonl</c>: one line per parameter and logged step. The file is made at the first line.</summary>
internal sealed class DiagnosticsFile(string folder) : IDisposable
{
    private const string Name = "diagnostics.jsonl";
    private StreamWriter? _writer;
    private bool _append;

    /// <summary>The file cut back to a step, to be appended to.</summary>
    public static DiagnosticsFile CutBack(string folder, int step)
    {
        string path = Path.Combine(folder, Name);
        if (File.Exists(path)) AtomicFile.WriteText(path, string.Concat(File.ReadLines(path).TakeWhile(line => LogLine.StepOf(line) <= step).Select(line => line + "\n")));
        return new DiagnosticsFile(folder) { _append = true };
    }

    public void Write(long step, IReadOnlyList<ParameterDiagnostics> parameters)
    {
        _writer ??= Opened();
        foreach (ParameterDiagnostics parameter in parameters) _writer.WriteLine(Line(step, parameter));
        _writer.Flush();
    }

    public void Dispose() => _writer?.Dispose();

    private StreamWriter Opened()
    {
        string path = Path.Combine(folder, Name);
        if (!_append) File.Delete(path); // not emptied: the same file may have another name elsewhere
        return new StreamWriter(path, append: true) { NewLine = "\n" };
    }

    private static string Line(long step, ParameterDiagnostics d)
    {
        var json = new JsonObject { ["step"] = step, ["parameter"] = d.Parameter, ["updateRms"] = Finite(d.UpdateRms), ["matricesOrthogonalized"] = d.MatricesOrthogonalized };
        if (d.OrthogonalityDistance is { } distance) json["orthogonalityDistance"] = Finite(distance);
        if (d.GradientDotUpdate is { } product) json["gradientDotUpdate"] = Finite(product);
        if (d.Spectrum is { } spectrum) (json["sigmaMin"], json["sigmaMax"], json["stableRank"]) = (Finite(spectrum.SigmaMin), Finite(spectrum.SigmaMax), Finite(spectrum.StableRank));
        return json.ToJsonString(Json.Lines);
    }

    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
