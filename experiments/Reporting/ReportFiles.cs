using MiniGrad.Experiments.Reporting.Figures;
using MiniGrad.IO;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting;

/// <summary>Writes what a finished experiment leaves in its run folder, and the figure also to <c>plots/NAME.png</c>.</summary>
internal static class ReportFiles
{
    private const string FigureFile = "figure.png";

    /// <summary>Writes all files and returns the result with the figure's path.</summary>
    public static ExperimentResult Write(ExperimentResult result, IFigureRenderer renderer, string? plotsFolder)
    {
        string folder = result.RunFolder;
        AtomicFile.WriteText(Path.Combine(folder, "table.md"), ReportText.PerArm(result, a => ResultTable.Rows(a.Variants, _ => "")));
        AtomicFile.WriteText(Path.Combine(folder, "verdict.json"), ResultJson.VerdictOf(result).ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, CurvesFile.Name), CurvesFile.Text(result.Records));
        result = DrawFigure(result, renderer, plotsFolder);
        // In the folder, paths are relative to it: it may be moved, or published.
        ExperimentResult here = result with { RunFolder = ".", Figure = result.Figure is null ? null : FigureFile };
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), ResultJson.Of(here).ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "report.md"), ReportText.Of(result));
        return result;
    }

    private static ExperimentResult DrawFigure(ExperimentResult result, IFigureRenderer renderer, string? plotsFolder)
    {
        if (FigureBuilder.Build(result) is not { } figure) return result;
        string inRun = renderer.RenderBoth(figure, Path.Combine(result.RunFolder, Path.GetFileNameWithoutExtension(FigureFile)));
        if (plotsFolder is null) return result with { Figure = inRun };
        string published = Path.Combine(plotsFolder, $"{result.Experiment.Name}.png");
        Directory.CreateDirectory(plotsFolder);
        AtomicFile.WriteBytes(published, File.ReadAllBytes(inRun));
        return result with { Figure = published };
    }
}
