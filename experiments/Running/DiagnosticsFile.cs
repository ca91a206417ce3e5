using System.Text.Json.Nodes;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Running;

/// <summary>Writes <c>diagnostics.jsonl</c>: one line per parameter and logged step. The file is made at the first line.</summary>
internal sealed class DiagnosticsFile(string folder) : IDisposable
{
    private StreamWriter? _writer;

    public void Write(long step, IReadOnlyList<ParameterDiagnostics> parameters)
    {
        _writer ??= new StreamWriter(Path.Combine(folder, "diagnostics.jsonl"), append: false) { NewLine = "\n" };
        foreach (ParameterDiagnostics parameter in parameters) _writer.WriteLine(Line(step, parameter));
        _writer.Flush();
    }

    public void Dispose() => _writer?.Dispose();

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
