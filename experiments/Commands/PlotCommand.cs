using System.CommandLine;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Reporting.Figures;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>plot RUN…</c>: draws the figures of recorded and of published runs again, without training.</summary>
internal static class PlotCommand
{
    private const string Name = "plot";

    public static Command Create()
    {
        var folders = new Argument<string[]>("run") { Description = "Run folders; several are drawn into one figure", Arity = ArgumentArity.ZeroOrMore };
        var x = new Option<string>("--x") { Description = "What curves are drawn over: step, tokens or seconds", DefaultValueFactory = _ => Choice.Name(HorizontalAxis.Step) };
        var each = new Option<bool>("--each") { Description = "Draws each run's own figure again instead of one of all" };
        var figure = new Option<string?>("--figure") { Description = "Where the figure of several runs goes, a PNG with an SVG beside it (default: under plots, named after the runs)" };
        var paths = new RecordedPaths();
        var command = new Command(Name, "Draws figures from recorded runs, without training: one run's again, or several in one") { folders, x, each, figure };
        foreach (Option option in paths.All) command.Add(option);
        command.SetAction(int (ParseResult p) =>
        {
            string[] runs = [.. p.GetValue(folders)!.Select(Path.TrimEndingDirectorySeparator)];
            if (runs.Length == 0) throw CommandException.Usage("plot: give one or more run folders, such as 'plot runs/ablate-sign-*'");
            HorizontalAxis axis = Choice.Of<HorizontalAxis>("axis", p.GetValue(x)!);
            bool overlaid = runs.Length > 1 && !p.GetValue(each);
            var results = new List<ExperimentResult>();
            foreach (string run in runs)
            {
                if (RecordedCost.IsIn(run))
                {
                    if (overlaid) throw CommandException.Usage($"plot: '{run}' is a run of {CostSweeps.Name}, which has no curves over steps; draw it alone");
                    using HeldFolder held = HeldFolder.Of(run);
                    if (CostFigures.Draw(RecordedCost.Read(run), run) is { } sweeps) Console.Out.WriteLine(Shown.OneLine(PlotsCopy.Of(sweeps, RunFolder.Plots(), $"{PlotNames.Of(CostSweeps.Name, run)}.png")));
                    continue;
                }
                var root = (RootCommand)p.RootCommandResult.Command;
                using HeldFolder? own = PublishedRuns.AreIn(run) ? null : HeldFolder.Of(run);
                ExperimentResult result = own is null
                    ? PublishedRuns.Read(root, run, recorded => paths.Place(p, recorded, names: true))
                    : Recorded(RecordedPlan.Read(root, Name, [run], recorded => paths.Place(p, recorded, names: false)), run);
                if (overlaid) results.Add(result);
                else if (ReportFiles.Draw(result, RunFolder.Plots(), axis) is { } drawn) Console.Out.WriteLine(Shown.OneLine(drawn));
            }
            if (overlaid && Overlay(results, axis, SettingsBuilder.NotEmpty(p.GetValue(figure), "--figure")) is { } together) Console.Out.WriteLine(Shown.OneLine(together));
            return ExitCode.Done;
        });
        return command;
    }

    private static ExperimentResult Recorded(RecordedPlan plan, string run) =>
        Analysis.Analyse(plan.Request.Experiment, plan.Plan, [.. plan.Runs.Select(r => r.Record)], run);

    private static string? Overlay(IReadOnlyList<ExperimentResult> results, HorizontalAxis axis, string? chosen)
    {
        string suffix = axis == HorizontalAxis.Step ? "" : $"-{Choice.Name(axis)}";
        string path = Path.GetFullPath(chosen ?? Path.Combine(RunFolder.Plots(), $"{PlotNames.Of([.. results.Select(r => r.RunFolder)])}{suffix}.png"));
        FigureFiles.MakeFolder("--figure", path);
        return FigureFiles.Draw(() => OverlayFigure.Of(results, axis), Path.ChangeExtension(path, null));
    }
}
