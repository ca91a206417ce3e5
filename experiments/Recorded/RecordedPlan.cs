using System.CommandLine;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Recorded;

/// <summary>A run read back from its folder.</summary>
/// <param name="Record">What came out.</param>
/// <param name="Folder">The run's own folder.</param>
internal sealed record RecordedRun(RunRecord Record, string Folder);

/// <summary>A plan all of whose runs have ended, read back from one run folder or from its shards'.</summary>
/// <param name="Request">What was asked for, without the shard.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Runs">Its runs, in the plan's order.</param>
/// <param name="Sources">The folders.</param>
internal sealed record RecordedPlan(ExperimentRequest Request, Plan Plan, IReadOnlyList<RecordedRun> Runs, IReadOnlyList<RunSource> Sources)
{
    /// <summary>Reads folders.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="asker">The command that asks, for error messages.</param>
    /// <param name="folders">The folders; at least one.</param>
    /// <param name="place">Puts this machine's paths into a recorded command.</param>
    /// <exception cref="CommandException">Folders are of different plans, a run is missing, unfinished or there twice with different numbers.</exception>
    /// <exception cref="CheckpointException">A run is damaged, or of another corpus.</exception>
    public static RecordedPlan Read(RootCommand root, string asker, IReadOnlyList<string> folders, Func<RecordedCommand, RecordedCommand> place)
    {
        RunSource[] sources = [.. folders.Select(folder => RunSource.Read(root, asker, folder, place))];
        SamePlan.Require(sources);
        ExperimentRequest request = sources[0].Request;
        Plan plan = OnDevice(new Plan(Workload.LoadAll(request.Arms), PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds)), sources[0].Device);
        var found = new RecordedRun?[plan.Runs.Count];
        foreach (RunSource source in sources)
        {
            Plan there = OnDevice(plan, source.Device);
            for (int i = 0; i < found.Length; i++) found[i] = Either(asker, found[i], ReadRun(source, there, plan.Runs[i]));
        }
        if (found.Any(run => run is null)) throw Incomplete(asker, sources, plan, found);
        return new RecordedPlan(request, plan, [.. found.OfType<RecordedRun>()], sources);
    }

    private static Plan OnDevice(Plan plan, string device) => plan.With(w => w with { Settings = w.Settings with { Device = device, LogEvery = w.Settings.LogEveryIsDefault ? SettingsBuilder.DefaultLogEvery(device) : w.Settings.LogEvery } });

    private static RecordedRun? ReadRun(RunSource source, Plan plan, PlannedRun run)
    {
        string folder = Path.Combine(source.Folder, run.Folder);
        Workload workload = plan.WorkloadOf(run);
        if (FinishedRun.Read(folder, run, RunIdentity.Of(run, workload)) is not { } record) return null;
        int lines = Enumerable.Range(1, record.Result.Steps).Count(workload.Settings.Training.IsLogged);
        if (record.Result.Outcome == TrainingOutcome.Completed && record.History.Count != lines) throw new CheckpointException($"{Path.Combine(folder, MetricsFile.Name)} has {record.History.Count} lines and the finished run logged {lines}; copy the folder again");
        return new RecordedRun(record, folder);
    }

    // The same run twice is no harm, as long as it is the same.
    private static RecordedRun? Either(string asker, RecordedRun? first, RecordedRun? second)
    {
        if (first is null || second is null) return first ?? second;
        return RunNumbers.Difference(first.Record, second.Record) is { } difference
            ? throw new CommandException(ExitCode.InvalidData, $"{asker}: '{first.Record.Run.Label}' is in {first.Folder} and in {second.Folder} with different numbers ({difference}); give one of the two")
            : first;
    }

    private static CommandException Incomplete(string asker, RunSource[] sources, Plan plan, RecordedRun?[] found)
    {
        PlannedRun[] absent = [.. plan.Runs.Where((_, i) => found[i] is null)];
        foreach (RunSource source in sources)
        {
            IReadOnlyList<string> own = source.RunFolders;
            int unfinished = absent.Count(run => own.Contains(run.Folder.Replace('\\', '/')));
            if (unfinished > 0) return new CommandException(ExitCode.InvalidData, $"{asker}: {source.Folder} is unfinished: {unfinished} of its {own.Count} runs have not ended; '{source.Command.Command} --resume {source.Folder}' goes on");
        }
        string[] shards = [.. sources.Select(s => s.Shard).OfType<Shard>().Select(s => s.Count).Distinct().Take(1).SelectMany(count => Enumerable.Range(1, count).Select(i => new Shard(i, count)))
            .Where(shard => plan.Runs.Count >= shard.Count && shard.Take(plan.Runs).Any(absent.Contains)).Select(shard => shard.ToString())];
        string where = shards.Length > 0 ? $"give the folder{(shards.Length > 1 ? "s" : "")} of shard {string.Join(" and ", shards)}, too" : $"the first is '{absent[0].Label}'; give the folder that has it, too";
        return new CommandException(ExitCode.InvalidData, $"{asker}: {absent.Length} of the plan's {plan.Runs.Count} runs {(absent.Length == 1 ? "is" : "are")} missing; {where}");
    }
}
