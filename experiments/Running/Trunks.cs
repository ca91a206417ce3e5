using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>The runs that the runs of a plan branch off from: a plan of their own, trained before it.</summary>
internal static class Trunks
{
    /// <summary>One run for each arm that has a trunk, and each of its seeds that the plan has; none where no arm has one.</summary>
    public static Plan Of(Plan plan)
    {
        PlannedRun[] branches = [.. plan.Runs.Where(run => run.Arm.Trunk is not null).DistinctBy(run => (run.Arm, run.Seed))];
        IEnumerable<PlannedArm> arms = plan.Arms.Where(arm => branches.Any(run => run.Arm == arm.Arm));
        return new Plan([.. arms.Select(arm => new PlannedArm(ArmOf(arm.Arm), Trained(arm.Workload, arm.Arm.Trunk!), [arm.Arm.Trunk!.LearningRate]))], [.. branches.Select(run => RunOf(run, plan.WorkloadOf(run).Settings))]);
    }

    /// <summary>What a run trains with: where it branches off, from the end of its trunk.</summary>
    /// <param name="run">The run.</param>
    /// <param name="workload">What its arm trains on.</param>
    /// <param name="folder">The folder of the whole plan.</param>
    /// <exception cref="CheckpointException">The trunk has left no checkpoint.</exception>
    public static Workload Starting(PlannedRun run, Workload workload, string folder)
    {
        if (run.Arm.Trunk is null) return workload;
        PlannedRun trunk = RunOf(run, workload.Settings);
        CheckpointStore store = RunCheckpoints.StoreOf(Path.Combine(folder, trunk.Folder));
        return store.Steps is [.., long last]
            ? workload with { Settings = workload.Settings with { From = store.FolderOf(last) } }
            : throw new CheckpointException($"'{store.Folder}' holds no checkpoint for {run.Label} to start from; remove '{Path.GetDirectoryName(store.Folder)}' and resume, and it is trained again");
    }

    private static PlannedRun RunOf(PlannedRun branch, RunSettings settings)
    {
        Trunk trunk = branch.Arm.Trunk!;
        return new PlannedRun(ArmOf(branch.Arm), trunk.Rule, PlanBuilder.Resolve(trunk.Rule, settings, trunk.LearningRate), trunk.LearningRate, branch.Seed);
    }

    private static Arm ArmOf(Arm arm) => new($"{arm.Name}, before");

    private static Workload Trained(Workload workload, Trunk trunk)
    {
        int steps = workload.Settings.Quick ? Math.Min(workload.Settings.Steps, trunk.Steps) : trunk.Steps;
        return workload with
        {
            Settings = workload.Settings with
            {
                Steps = steps,
                LearningRate = trunk.LearningRate,
                Schedule = ScheduleKind.Constant,
                WarmupSteps = Profiles.DefaultWarmup(steps),
                DecaySteps = 0,
                FinalRate = 0,
                EvaluateEvery = steps,
                Checkpoints = workload.Settings.Checkpoints with { Keep = 1, BestAndLast = true },
            },
        };
    }
}
