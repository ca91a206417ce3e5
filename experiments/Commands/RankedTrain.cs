using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Distributed;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Mpi;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>train</c> as one rank of several. Rank 0 shows, logs and saves; an error ends the whole job with one message.</summary>
internal static class RankedTrain
{
    /// <summary>Joins the ranks that a launcher started, and trains with them.</summary>
    public static int Execute(MpiLauncher launcher, Func<ExperimentRequest> request)
    {
        using var ranks = MpiCommunicator.Start(launcher);
        return Execute(ranks, request);
    }

    internal static int Execute(ICommunicator ranks, Func<ExperimentRequest> request)
    {
        try
        {
            Prepared prepared = RankAgreement.Reach(ranks, () => Prepare(ranks, request()));
            using HeldFolder? held = prepared.Held;
            prepared = prepared with { Folder = RankAgreement.Share(ranks, prepared.Folder) };
            RankAgreement.Same(ranks, Identity(prepared));
            if (prepared.Request.DryRun) return ranks.Rank > 0 ? ExitCode.Done : DryRun.Print(prepared.Request, prepared.Plan.With(w => w with { Ranks = null }), prepared.Folder);
            return Stoppable.Run(cancellation => Train(prepared, ranks, cancellation));
        }
        catch (AgreedFailureException e)
        {
            return e.ExitCode;
        }
        catch (Exception e)
        {
            (int code, string message) = Failures.Describe(e);
            if (Environment.GetCommandLineArgs().Contains("--debug")) Console.Error.WriteLine(e);
            Console.Error.WriteLine($"error: rank {ranks.Rank} of {ranks.Size}: {message}");
            ranks.Abort(code, message);
            throw; // not reached
        }
    }

    private static Prepared Prepare(ICommunicator ranks, ExperimentRequest request)
    {
        IReadOnlyList<PlannedRun> runs = PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds);
        Plan plan = new Plan(Workload.LoadAll(request.Arms), runs).With(w => w with { Ranks = ranks });
        RunSettings settings = request.Arms[0].Settings;
        if (settings.Diagnostics == Observation.Spectra) throw CommandException.Usage("--diagnostics spectra: a rank has only its own matrices' updates; use full, or train with one rank");
        if (settings.Ema is not null) throw CommandException.Usage("--ema: the average is kept by one process; leave it out, or train with one rank");
        _ = BatchShare.Of(settings.Training, ranks);
        if (ranks.Rank > 0) return new Prepared(request, plan, "", null);
        NewFolder folder = request.Resume is { } resumed ? new NewFolder(resumed, "--resume") : RunFolder.Choose(request.Experiment.Name, request.Out);
        if (request.DryRun) return new Prepared(request, plan, folder.Path, null);
        HeldFolder held = ExperimentRun.Hold(request, folder);
        return new Prepared(request, plan, held.Path, held);
    }

    private static int Train(Prepared prepared, ICommunicator ranks, CancellationToken cancellation)
    {
        if (ranks.Rank == 0)
        {
            Console.Error.WriteLine($"ranks    {ranks.Description}");
            return ExperimentRun.Train(prepared.Request, prepared.Plan, prepared.Folder, cancellation);
        }
        var monitor = new RunMonitor(prepared.Plan);
        RunRecord record = RunExecutor.Execute(prepared.Run, 0, prepared.Workload, prepared.Folder, 1, [], monitor, cancellation);
        return record.Result.Outcome switch
        {
            TrainingOutcome.Completed => ExitCode.Done,
            TrainingOutcome.Diverged => ExitCode.Diverged,
            _ => ExitCode.Interrupted,
        };
    }

    /// <summary>What must be equal on all ranks, the checkpoint that they go on from included: they read it from a disk that they share. The number of threads and the place of the corpus need not be.</summary>
    private static JsonObject Identity(Prepared prepared) => new()
    {
        ["version"] = Manifest.CodeVersion,
        ["settings"] = JsonSerializer.SerializeToNode(prepared.Workload.Settings with { CorpusPath = null, Threads = 1 }, Json.Lines),
        ["optimizer"] = prepared.Run.Optimizer.ToJson(),
        ["seed"] = prepared.Run.Seed,
        ["corpus"] = prepared.Workload.Data.Corpus.Sha256,
        ["tokens"] = prepared.Workload.Data.Train.Length,
        ["dryRun"] = prepared.Request.DryRun,
        ["--out"] = prepared.Request.Out,
        ["--resume"] = prepared.Request.Resume,
        ["resumesFrom"] = RunCheckpoints.StoreOf(Own(prepared)).Steps is [.., long last] ? last : 0,
        ["finished"] = FinishedRun.IsThere(Own(prepared)),
    };

    private static string Own(Prepared prepared) => Path.Combine(prepared.Folder, prepared.Run.Folder);

    private sealed record Prepared(ExperimentRequest Request, Plan Plan, string Folder, HeldFolder? Held)
    {
        public PlannedRun Run => Plan.Runs[0];

        public Workload Workload => Plan.Arms[0].Workload;
    }
}
