using MiniGrad.Experiments.Display;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary>Runs an experiment from request to exit code: plan, runs, table, verdict, figure.</summary>
internal static class ExperimentRun
{
    public static int Execute(ExperimentRequest request)
    {
        IReadOnlyList<PlannedRun> runs = PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds);
        if (request.Shard is { } shard) runs = shard.Take(runs);
        else if (runs.Count > 1 && request.Resume is null) Shard.RequireNoArray(Environment.GetEnvironmentVariable);
        NewFolder folder = request.Resume is { } resumed ? new NewFolder(resumed, "--resume") : RunFolder.Choose(request.Experiment.Name, request.Out);
        Placement placement = Placement.Of(new Plan(Workload.LoadAll(request.Arms), runs), request.JobsAsked);
        request = request with { Jobs = placement.Jobs };
        if (request.DryRun) return DryRun.Print(request, placement.Plan, folder.Path);

        // From here on there is something to save; until here a signal ends the program at once.
        return Stoppable.Run(cancellation =>
        {
            CheckProbes(request, placement.Plan);
            using HeldFolder held = Hold(request, folder);
            return Train(request, placement.Plan, held.Path, cancellation);
        });
    }

    /// <summary>Takes a new folder, or that of the run that goes on.</summary>
    internal static HeldFolder Hold(ExperimentRequest request, NewFolder folder) => request.Resume is null ? RunFolder.Take(folder) : HeldFolder.Of(folder.Path);

    /// <summary>Trains a plan in a folder that is held.</summary>
    internal static int Train(ExperimentRequest request, Plan plan, string folder, CancellationToken cancellation)
    {
        if (Begin(request, plan, folder, cancellation) is not { } records) return ExitCode.Interrupted;
        if (request.Shard is { } part)
        {
            // Comparisons need all runs: a report is made of all shards' folders together.
            Console.Error.WriteLine($"shard {part} of {request.Experiment.Name} is done: {records.Length} runs in {Shown.OneLine(folder)}; 'report' merges the folders of all {part.Count} shards");
            return records.Any(r => r.Result.Outcome == TrainingOutcome.Diverged) ? ExitCode.Diverged : ExitCode.Done;
        }
        return Conclude(request, plan, records, folder);
    }

    /// <summary>Trains a plan in a folder that is held, and leaves there what its runs were; null where it was stopped.</summary>
    internal static RunRecord[]? Begin(ExperimentRequest request, Plan plan, string folder, CancellationToken cancellation)
    {
        var command = new RecordedCommand(request.Experiment.Name, request.Given);
        command.Write(folder); // first: from here on the run can be resumed
        WriteManifest([]); // even a run that is killed leaves what it was
        Banner.Print(request.Experiment, plan, request.Jobs, folder);
        if (!TrainTrunks(Trunks.Of(plan), request, folder, cancellation)) return Stopped();
        RunRecord[] records = RunAll(plan, request.Experiment.Probes, request, folder, cancellation);
        WriteManifest(records);
        if (!cancellation.IsCancellationRequested && records.All(r => r.Result.Outcome != TrainingOutcome.Interrupted)) return records;
        return Stopped();

        RunRecord[]? Stopped()
        {
            Console.Error.WriteLine($"stopped; '{command.Command} --resume {Shown.OneLine(folder)}' goes on");
            return null;
        }

        void WriteManifest(RunRecord[] finished) => AtomicFile.WriteText(
            Path.Combine(folder, Manifest.FileName),
            Manifest.Of(command.Command, RecordedPaths.Names(command.Options), plan, finished, request.Jobs, request.Shard).ToJsonString(Json.Documents) + "\n");
    }

    /// <summary>Writes the report of a plan that has run, prints it, and says how it ended.</summary>
    internal static int Conclude(ExperimentRequest request, Plan plan, IReadOnlyList<RunRecord> records, string folder)
    {
        if (request.Arms[0].Settings.RateRisesFrom is not null) return RateRangeOutput.Conclude(records[0], folder, request.Json);
        ExperimentResult result = Analysis.Analyse(request.Experiment, plan, records, folder);
        result = ReportFiles.Write(result, RunFolder.Plots());
        ResultOutput.Print(result, request.Json);
        foreach (RunRecord record in records.Where(r => r.Result.Reason is not null)) Console.Error.WriteLine($"{record.Run.Label}: {record.Result.Reason}");
        if (records.Any(r => r.Result.Outcome == TrainingOutcome.Diverged && result.Shows(r))) return ExitCode.Diverged;
        return request.Strict && result.Verdict.Outcome == Outcome.Refuted ? ExitCode.ClaimFailed : ExitCode.Done;
    }

    /// <summary>Lets every probe say, before anything is written, that it cannot measure what the plan trains.</summary>
    internal static void CheckProbes(ExperimentRequest request, Plan plan)
    {
        foreach (IProbe probe in request.Experiment.Probes)
        {
            foreach (PlannedArm arm in plan.Arms) probe.Check(arm.Workload);
        }
    }

    // False where they were stopped. What a trunk is worth shows in what branches off from it.
    private static bool TrainTrunks(Plan trunks, ExperimentRequest request, string folder, CancellationToken cancellation)
    {
        if (trunks.Runs.Count == 0) return true;
        RunRecord[] records = RunAll(trunks, [], request, folder, cancellation);
        if (cancellation.IsCancellationRequested || records.Any(r => r.Result.Outcome == TrainingOutcome.Interrupted)) return false;
        RunRecord? diverged = records.FirstOrDefault(r => r.Result.Outcome == TrainingOutcome.Diverged);
        return diverged is null ? true : throw new CommandException(ExitCode.Diverged, $"{diverged.Run.Label} {diverged.Result.Reason}: nothing can branch off from it");
    }

    private static RunRecord[] RunAll(Plan plan, IReadOnlyList<IProbe> probes, ExperimentRequest request, string folder, CancellationToken cancellation)
    {
        var monitor = new RunMonitor(plan);
        // Ranks talk to each other on one thread: this one.
        if (plan.Arms[0].Workload.Ranks is not null) return ProgressDisplay.Show(monitor, live: false, () => new[] { Execute(0, 1, cancellation) });
        RunRecord?[] records = ProgressDisplay.Show(monitor, request.Live, () => ParallelRunner.Run(plan.Runs.Count, request.Jobs, (index, token) => Execute(index, AtOnce(index), token), cancellation));
        return [.. records.OfType<RunRecord>()];

        RunRecord Execute(int index, int atOnce, CancellationToken token) => RunExecutor.Execute(plan.Runs[index], index, plan.WorkloadOf(plan.Runs[index]), folder, atOnce, probes, monitor, token);

        // Runs whose checkpoints will be on the disk at once, from this one on.
        int AtOnce(int index) => plan.Arms[0].Workload.Settings.Checkpoints.BestAndLast ? plan.Runs.Count - index : Math.Min(request.Jobs, plan.Runs.Count - index);
    }
}
