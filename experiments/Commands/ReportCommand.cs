using System.CommandLine;
using MiniGrad.Experiments.Board;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Commands;

/// <summary>
/// <c>report RUN…</c>: merges run folders, the shards of one plan, into the report that one machine would have written; of one
/// whole folder, or an entry of the gallery, it writes the report again.
/// </summary>
internal static class ReportCommand
{
    private const string Name = "report";

    public static Command Create(Option<bool> json)
    {
        var folders = new Argument<string[]>("run") { Description = "Run folders: the shards of one plan, or a whole one", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string?>("--out") { Description = "The merged run folder; must be new or empty (default: runs/NAME-TIME; of one folder, itself)" };
        var strict = new Option<bool>("--strict") { Description = "Exit 1 when the claim is refuted" };
        var html = new Option<bool>("--html") { Description = "Only write the page report.html, of runs that train still, too; of several folders with --out FILE" };
        var paths = new RecordedPaths();
        var command = new Command(Name, "Merges run folders (shards too) into one report") { folders, output, strict, html };
        foreach (Option option in paths.All) command.Add(option);
        command.SetAction(int (ParseResult p) =>
        {
            string[] runs = [.. p.GetValue(folders)!.Select(Path.TrimEndingDirectorySeparator)];
            if (runs.Length == 0) throw CommandException.Usage("report: give the run folders of all shards, such as 'report runs/shard-*'");
            string? chosen = Configuration.SettingsBuilder.NotEmpty(p.GetValue(output), "--out");
            if (p.GetValue(html)) return WritePage(runs, chosen);
            if (chosen is not null) _ = RunFolder.Choose(Name, chosen);
            if (runs is [var entry] && chosen is null && PublishedRuns.AreIn(entry))
            {
                ExperimentResult published = PublishedRuns.Read((RootCommand)p.RootCommandResult.Command, entry, recorded => paths.Place(p, recorded, names: true));
                ResultOutput.Print(ReportFiles.WritePublished(published), p.GetValue(json));
                return p.GetValue(strict) && published.Verdict.Outcome == Outcome.Refuted ? ExitCode.ClaimFailed : ExitCode.Done;
            }
            RecordedPlan plan = RecordedPlan.Read((RootCommand)p.RootCommandResult.Command, Name, runs, recorded => paths.Place(p, recorded, names: false));
            return Write(plan with { Request = plan.Request with { Json = p.GetValue(json), Strict = p.GetValue(strict) } }, chosen);
        });
        return command;
    }

    private static int WritePage(string[] runs, string? chosen)
    {
        if (runs.FirstOrDefault(r => !Directory.Exists(r)) is { } missing) throw new CommandException(ExitCode.InvalidData, $"report: there is no folder '{missing}'; give a run folder");
        if (chosen is null && runs.Length > 1) throw CommandException.Usage("report --html: of several folders, say where the page goes with --out FILE.html");
        string path = Path.GetFullPath(chosen ?? Path.Combine(runs[0], ReportPage.FileName));
        int count = ReportPage.Write(runs, path);
        if (count == 0) Console.Error.WriteLine($"report: no manifest in {Shown.OneLine(string.Join(", ", runs))} names a run: the page is empty");
        Console.Out.WriteLine(Shown.OneLine(path));
        return ExitCode.Done;
    }

    private static int Write(RecordedPlan plan, string? chosen)
    {
        bool inPlace = chosen is null && plan.Sources.Count == 1;
        using HeldFolder held = inPlace ? HeldFolder.Of(Path.GetFullPath(plan.Sources[0].Folder)) : RunFolder.Take(RunFolder.Choose(plan.Request.Experiment.Name, chosen));
        string folder = held.Path;
        if (!inPlace) MergedRun.Write(plan, folder);
        Console.Error.WriteLine($"{plan.Request.Experiment.Name}: {plan.Runs.Count} runs of {plan.Sources.Count} folder{(plan.Sources.Count == 1 ? "" : "s")}");
        return ExperimentRun.Conclude(plan.Request, plan.Plan, [.. plan.Runs.Select(r => r.Record)], folder);
    }
}
