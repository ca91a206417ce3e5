using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Running;

/// <summary>An arm of a plan with its data, and the rates that its variants run at.</summary>
internal sealed record PlannedArm(Arm Arm, Workload Workload, IReadOnlyList<double> LearningRates)
{
    /// <summary>What the points of a grid train on where they differ in more than their optimizers, by <see cref="PlannedRun.Conditions"/>.</summary>
    public IReadOnlyDictionary<string, Workload> Points { get; init; } = new Dictionary<string, Workload>();

    /// <summary>Points of the grid, rates apart.</summary>
    public int PointCount { get; init; } = 1;
}

/// <summary>Every run of an experiment, in the order in which they begin, and what each trains on.</summary>
/// <param name="Arms">The arms.</param>
/// <param name="Runs">The runs: all of them, or a shard's.</param>
internal sealed record Plan(IReadOnlyList<PlannedArm> Arms, IReadOnlyList<PlannedRun> Runs)
{
    /// <summary>What a run trains on.</summary>
    public Workload WorkloadOf(PlannedRun run)
    {
        PlannedArm arm = Arms.First(a => a.Arm == run.Arm);
        return arm.Points.GetValueOrDefault(run.Conditions, arm.Workload);
    }

    /// <summary>Steps of a run.</summary>
    public int StepsOf(PlannedRun run) => WorkloadOf(run).Settings.Steps;

    /// <summary>Tokens of all runs together.</summary>
    public long Tokens => Runs.Sum(run => (long)StepsOf(run) * WorkloadOf(run).Settings.TokensPerStep);

    /// <summary>The runs that a folder does not hold already.</summary>
    public Plan Without(string folder) => this with { Runs = [.. Runs.Where(run => !FinishedRun.IsThere(Path.Combine(folder, run.Folder)))] };

    /// <summary>The plan with every workload changed alike.</summary>
    public Plan With(Func<Workload, Workload> change) => this with { Arms = [.. Arms.Select(a => a with { Workload = change(a.Workload), Points = a.Points.ToDictionary(p => p.Key, p => change(p.Value)) })] };
}
