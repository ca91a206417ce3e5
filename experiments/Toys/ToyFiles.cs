using System.Text.Json.Nodes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Toys;

/// <summary>What a toy experiment leaves in its run folder; <c>gallery add</c> publishes it.</summary>
internal sealed record ToyFiles
{
    public required string Table { get; init; }

    public required string Report { get; init; }

    public required string Curves { get; init; }

    /// <summary>The result, by the figure's path and the run folder's.</summary>
    public required Func<string?, string, JsonObject> Result { get; init; }

    /// <summary>What the command line decided; enough to run it again.</summary>
    public required JsonObject Settings { get; init; }

    public required string Backend { get; init; }

    /// <summary>File names without extension, and figures; the first, "figure", is the experiment's.</summary>
    public required IReadOnlyList<(string File, Figure Figure)> Figures { get; init; }

    /// <summary>Further files, not published.</summary>
    public IReadOnlyList<(string File, string Text)> More { get; init; } = [];

    /// <summary>Writes all of it, and the figure to <c>plots</c>, whose path is returned: null where it cannot be drawn.</summary>
    public string? Write(string name, string folder)
    {
        string?[] drawn = [.. Figures.Select(f => FigureFiles.Draw(() => f.Figure, Path.Combine(folder, f.File)))];
        JsonObject manifest = Manifest.Machine(name);
        manifest["backend"] = Backend;
        manifest["settings"] = Settings;
        AtomicFile.WriteText(Path.Combine(folder, "manifest.json"), manifest.ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "table.md"), Table);
        AtomicFile.WriteText(Path.Combine(folder, "report.md"), Report);
        AtomicFile.WriteText(Path.Combine(folder, "curves.csv"), Curves);
        foreach ((string file, string text) in More) AtomicFile.WriteText(Path.Combine(folder, file), text);
        JsonObject result = Result(drawn[0] is null ? null : "figure.png", ".");
        result["finding"] = Figures[0].Figure.Subtitle;
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), result.ToJsonString(Json.Documents) + "\n");
        return drawn[0] is null ? null : PlotsCopy.Of(drawn[0]!, RunFolder.Plots(), $"{PlotNames.Of(name, folder)}.png");
    }
}
