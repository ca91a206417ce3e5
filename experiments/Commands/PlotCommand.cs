using System.CommandLine;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Reporting.Figures;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>plot RUN…</c>: draws the figures of recorded runs again, without training.</summary>
internal static class PlotCommand
{
    private const string Name = "plot";

    public static Command Create()
    {
        var folders = new Argument<string[]>("run") { Description = "Run folders; each gets a figure of its own", Arity = ArgumentArity.ZeroOrMore };
        var x = new Option<string>("--x") { Description = "What curves are drawn over: step, tokens or seconds", DefaultValueFactory = _ => Choice.Name(HorizontalAxis.Step) };
        var paths = new RecordedPaths();
        var command = new Command(Name, "Draws figures again from recorded runs, without training") { folders, x };
        foreach (Option option in paths.All) command.Add(option);
        command.SetAction(int (ParseResult p) =>
        {
            string[] runs = [.. p.GetValue(folders)!.Select(Path.TrimEndingDirectorySeparator)];
            if (runs.Length == 0) throw CommandException.Usage("plot: give one or more run folders, such as 'plot runs/ablate-sign-*'");
            HorizontalAxis axis = Choice.Of<HorizontalAxis>("axis", p.GetValue(x)!);
            foreach (string run in runs)
            {
                RecordedPlan plan = RecordedPlan.Read((RootCommand)p.RootCommandResult.Command, Name, [run], recorded => paths.Place(p, recorded, names: false));
                using FileStream held = RunFolder.Hold(run);
                ExperimentResult result = Analysis.Analyse(plan.Request.Experiment, plan.Plan, [.. plan.Runs.Select(r => r.Record)], run);
                Console.Out.WriteLine(ReportFiles.Draw(result, RunFolder.Plots(), axis) ?? $"{run}: nothing to draw: no run was evaluated, or all diverged");
            }
            return ExitCode.Done;
        });
        return command;
    }
}
