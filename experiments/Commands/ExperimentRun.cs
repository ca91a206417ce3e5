using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Display;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.IO;
using MiniGrad.Plotting;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary>Runs an experiment from request to exit code: plan, runs, table, verdict, figure.</summary>
internal static class ExperimentRun
{
    public static int Execute(ExperimentRequest request)
    {
        string name = request.Experiment.Name;
        IReadOnlyList<PlannedRun> plan = PlanBuilder.Build(request.Experiment, request.Settings, request.LearningRates, request.Seeds);
        if (request.Shard is { } shard) plan = shard.Take(plan);
        string folder = request.Resume ?? RunFolder.Choose(name, request.Out);
        Placement placement = Placement.Of(plan, Workload.Load(request.Settings), request.JobsAsked);
        (Workload workload, request) = (placement.Workload, request with { Jobs = placement.Jobs });
        if (request.DryRun) return DryRun.Print(request, workload, plan, folder);

        // From here on there is something to save; until here a signal ends the program at once.
        return Stoppable.Run(cancellation => Train(request, workload, plan, folder, cancellation));
    }

    internal static int Train(ExperimentRequest request, Workload workload, IReadOnlyList<PlannedRun> plan, string folder, CancellationToken cancellation)
    {
        string name = request.Experiment.Name;
        RunSettings settings = workload.Settings;
        RendererSelection renderer = FigureRenderers.Create();
        if (renderer.FellBack) Console.Error.WriteLine(renderer.Reason);
        RunFolder.Create(folder);
        using FileStream held = RunFolder.Hold(folder);
        AtomicFile.RemoveLeftovers(folder);
        Resumption.Write(folder, name, request.Given);
        Banner.Print(request.Experiment, workload, plan, request.Jobs, folder);
        WriteManifest([]); // even a run that is killed leaves what it was
        RunRecord[] records = RunAll(plan, workload, request, folder, cancellation);
        WriteManifest(records);
        if (cancellation.IsCancellationRequested || records.Any(r => r.Result.Outcome == TrainingOutcome.Interrupted))
        {
            Console.Error.WriteLine($"stopped; '{name} --resume {folder}' goes on");
            return ExitCode.Interrupted;
        }

        if (request.Shard is { } part)
        {
            // Comparisons need all runs: a report is made of all shards' folders together.
            Console.Error.WriteLine($"shard {part} of {name} is done: {records.Length} runs in {folder}");
            return records.Any(r => r.Result.Outcome == TrainingOutcome.Diverged) ? ExitCode.Diverged : ExitCode.Done;
        }

        ExperimentResult result = Analysis.Analyse(request.Experiment, settings, request.LearningRates, records, workload.Data, workload.Windows, folder);
        result = ReportFiles.Write(result, renderer.Renderer, RunFolder.Plots());
        ResultOutput.Print(result, request.Json);
        foreach (RunRecord record in records.Where(r => r.Result.Reason is not null)) Console.Error.WriteLine($"{record.Run.Label}: {record.Result.Reason}");
        if (result.Variants.Any(v => v.Diverged)) return ExitCode.Diverged;
        return request.Strict && result.Verdict.Outcome == Outcome.Refuted ? ExitCode.ClaimFailed : ExitCode.Done;

        void WriteManifest(RunRecord[] finished) => AtomicFile.WriteText(
            Path.Combine(folder, "manifest.json"),
            Manifest.Of(name, settings, plan, finished, workload.Data, request.Jobs, renderer.Reason, request.Shard).ToJsonString(Json.Documents) + "\n");
    }

    private static RunRecord[] RunAll(IReadOnlyList<PlannedRun> plan, Workload workload, ExperimentRequest request, string folder, CancellationToken cancellation)
    {
        var monitor = new RunMonitor(plan, workload.Settings.Steps);
        // Ranks talk to each other on one thread: this one.
        if (workload.Ranks is not null) return ProgressDisplay.Show(monitor, live: false, () => new[] { RunExecutor.Execute(plan[0], 0, workload, folder, 1, monitor, cancellation) });
        RunRecord?[] records = ProgressDisplay.Show(monitor, request.Live, () => ParallelRunner.Run(
            plan.Count,
            request.Jobs,
            (index, token) => RunExecutor.Execute(plan[index], index, workload, folder, AtOnce(index), monitor, token),
            cancellation));
        return [.. records.OfType<RunRecord>()];

        // Runs whose checkpoints will be on the disk at once, from this one on.
        int AtOnce(int index) => workload.Settings.Checkpoints.BestAndLast ? plan.Count - index : Math.Min(request.Jobs, plan.Count - index);
    }
}
