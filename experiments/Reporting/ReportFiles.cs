using MiniGrad.Experiments.Board;
using MiniGrad.Experiments.Reporting.Figures;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Reporting;

/// <summary>Writes what a finished experiment leaves in its run folder, and the figure also to <c>plots</c>, under the run's name.</summary>
internal static class ReportFiles
{
    private const string FigureFile = "figure.png";

    /// <summary>Writes all files and returns the result with the figure's path.</summary>
    public static ExperimentResult Write(ExperimentResult result, string? plotsFolder)
    {
        string folder = result.RunFolder;
        AtomicFile.WriteText(Path.Combine(folder, "table.md"), ReportText.PerArm(result, a => ResultTable.Rows(a.Variants, _ => "")));
        AtomicFile.WriteText(Path.Combine(folder, "verdict.json"), ResultJson.VerdictOf(result).ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, CurvesFile.Name), CurvesFile.Text(result.Records));
        result = result with { Figure = Draw(result, plotsFolder) };
        // In the folder, paths are relative to it: it may be moved, or published.
        ExperimentResult here = result with { RunFolder = ".", Figure = result.Figure is null ? null : FigureFile };
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), ResultJson.Of(here).ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "report.md"), ReportText.Of(result));
        ReportPage.Write([folder], Path.Combine(folder, ReportPage.FileName));
        return result;
    }

    /// <summary>Writes report, numbers and figure of a published entry again, as this version judges its data.</summary>
    public static ExperimentResult WritePublished(ExperimentResult result)
    {
        string folder = result.RunFolder;
        result = result with { Figure = Draw(result, plotsFolder: null) is null ? null : FigureFile };
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), ResultJson.Of(result with { RunFolder = "." }).ToJsonString(Json.Documents) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "README.md"), ReportText.Of(result));
        return result;
    }

    /// <summary>Draws the figure into the run folder and to <c>plots</c>, as PNG and SVG; over another axis than steps under a name of its own.</summary>
    /// <returns>The PNG that is easiest to find, or null where it cannot be drawn, which a warning says.</returns>
    public static string? Draw(ExperimentResult result, string? plotsFolder, HorizontalAxis axis = HorizontalAxis.Step)
    {
        string suffix = axis == HorizontalAxis.Step ? "" : $"-{axis.ToString().ToLowerInvariant()}";
        string? inRun = FigureFiles.Draw(() => FigureBuilder.Build(result, axis), Path.Combine(result.RunFolder, Path.GetFileNameWithoutExtension(FigureFile) + suffix));
        return plotsFolder is null || inRun is null ? inRun : PlotsCopy.Of(inRun, plotsFolder, $"{PlotNames.Of(result.Experiment.Name, result.RunFolder)}{suffix}.png");
    }
}
