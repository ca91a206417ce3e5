using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>reproduce MANIFEST</c>: runs a recorded run again and says whether the numbers match, to the last printed digit.</summary>
internal static class ReproduceCommand
{
    private const string Name = "reproduce";

    public static Command Create(Option<bool> json)
    {
        var manifest = new Argument<string>("manifest") { Description = "The manifest.json of a run folder, or a published one under plots/gallery" };
        var output = new Option<string?>("--out") { Description = "The run folder of the repetition; must be new or empty (default: runs/reproduce-TIME)" };
        Option<int?> first = CommonOptions.Number("--runs", "Only the first N runs of the plan");
        Option<int?> jobs = CommonOptions.Number("--jobs", "Runs at once (default: one a processor, one on a GPU)");
        var noProgress = new Option<bool>("--no-progress") { Description = "Plain lines instead of a live display" };
        var paths = new RecordedPaths();
        var command = new Command(Name, "Runs a recorded run again and says whether the numbers match") { manifest, output, first, jobs, noProgress };
        foreach (Option option in paths.All) command.Add(option);
        command.SetAction(int (ParseResult p) =>
        {
            Alone.Require(p);
            if (p.GetValue(first) is < 1) throw CommandException.Usage($"--runs {p.GetValue(first)}: must be at least 1");
            if (p.GetValue(jobs) is < 1) throw CommandException.Usage($"--jobs {p.GetValue(jobs)}: must be at least 1");
            RecordedManifest recorded = RecordedManifest.Read(p.GetValue(manifest)!);
            if (recorded.Json["ranks"] is { } ranks) throw CommandException.Usage($"reproduce: '{recorded.Path}' was trained by {ranks} ranks; run 'train' with its options under mpirun -n {ranks}");
            NewFolder folder = RunFolder.Choose(Name, SettingsBuilder.NotEmpty(p.GetValue(output), "--out"));
            RecordedCommand placed = paths.Place(p, recorded.Command, names: true).Without("--jobs", "--shard").With("--device", recorded.Device);
            ExperimentRequest request = placed.Request((RootCommand)p.RootCommandResult.Command) with
            {
                Shard = recorded.Shard,
                JobsAsked = p.GetValue(jobs),
                Live = !p.GetValue(noProgress),
            };
            IReadOnlyList<PlannedRun> all = PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds);
            Placement placement = Placement.Of(new Plan(Workload.LoadAll(request.Arms), request.Shard?.Take(all) ?? all), request.JobsAsked);
            request = request with { Jobs = placement.Jobs };
            int runs = Math.Min(p.GetValue(first) ?? int.MaxValue, placement.Plan.Runs.Count);
            recorded.Require(Manifest.Of(placed.Command, [], placement.Plan, [], request.Jobs), runs);
            Plan plan = placement.Plan with { Runs = [.. placement.Plan.Runs.Take(runs)] };
            return Stoppable.Run(cancellation => Run(recorded, request, plan, folder, p.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(RecordedManifest recorded, ExperimentRequest request, Plan plan, NewFolder chosen, bool json, CancellationToken cancellation)
    {
        ExperimentRun.CheckProbes(request, plan);
        using HeldFolder held = RunFolder.Take(chosen);
        string folder = held.Path;
        if (ExperimentRun.Begin(request, plan, folder, cancellation) is not { } records) return ExitCode.Interrupted;
        Reproduction[] runs = [.. records.Select((record, i) => Reproduction.Of(recorded.Runs[i]!, recorded.Curves, record))];
        string[] machine = [.. recorded.MachineDifferences(Manifest.Of(recorded.Command.Command, [], plan, records, request.Jobs))];
        if (json) Console.Out.WriteLine(Document(recorded, runs, machine, folder).ToJsonString(Json.Documents));
        else Print(recorded, runs, machine, folder);
        return runs.All(r => r.Differences.Count == 0) ? ExitCode.Done : ExitCode.ClaimFailed;
    }

    private static void Print(RecordedManifest recorded, Reproduction[] runs, string[] machine, string folder)
    {
        foreach (Reproduction run in runs.Where(r => r.Differences.Count > 0)) Console.Out.WriteLine($"{run.Label}: {string.Join("; ", run.Differences)}");
        int same = runs.Count(r => r.Differences.Count == 0);
        string steps = recorded.Curves is null ? "no curves lie beside the manifest" : $"{runs.Sum(r => r.LoggedSteps):N0} logged steps compared";
        Console.Out.WriteLine($"{(same == runs.Length ? "reproduced" : "not reproduced")}: {same} of {runs.Length} runs have the recorded numbers, digit for digit; {steps}; {recorded.Runs.Count} runs are recorded");
        foreach (string difference in machine) Console.Out.WriteLine($"  {difference}");
        Console.Out.WriteLine($"run     {Shown.OneLine(folder)}");
    }

    private static JsonObject Document(RecordedManifest recorded, Reproduction[] runs, string[] machine, string folder) => new()
    {
        ["manifest"] = recorded.Path,
        ["reproduced"] = runs.All(r => r.Differences.Count == 0),
        ["runs"] = runs.Length,
        ["recordedRuns"] = recorded.Runs.Count,
        ["matching"] = runs.Count(r => r.Differences.Count == 0),
        ["loggedSteps"] = runs.Sum(r => r.LoggedSteps),
        ["differences"] = new JsonArray([.. runs.SelectMany(r => r.Differences.Select(d => new JsonObject { ["run"] = r.Label, ["what"] = d.What, ["recorded"] = d.Recorded, ["here"] = d.Here }))]),
        ["machine"] = new JsonArray([.. machine.Select(m => JsonValue.Create(m))]),
        ["runFolder"] = folder,
    };
}
