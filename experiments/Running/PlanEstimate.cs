namespace MiniGrad.Experiments.Running;

/// <summary>How long a plan takes: the first run of every arm is measured, and the runs are dealt over the jobs.</summary>
internal sealed record PlanEstimate
{
    /// <summary>The measured run of each arm, in the plan's order.</summary>
    public required IReadOnlyList<Calibration> Arms { get; init; }

    /// <summary>Seconds of the whole plan.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>Bytes of memory that the runs under way need together.</summary>
    public required long Bytes { get; init; }

    /// <summary>Measures a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="jobs">Runs at once.</param>
    public static PlanEstimate Of(Plan plan, int jobs)
    {
        PlannedArm[] arms = [.. plan.Arms.Where(a => plan.Runs.Any(r => r.Arm == a.Arm))];
        Calibration[] measured = [.. arms.Select(a => Calibration.Measure(plan.Runs.First(r => r.Arm == a.Arm), a.Workload))];
        double[] ends = new double[Math.Min(jobs, plan.Runs.Count)];
        // As the runner does it: whoever is free takes the next run.
        foreach (PlannedRun run in plan.Runs) ends[Array.IndexOf(ends, ends.Min())] += measured[Array.FindIndex(arms, a => a.Arm == run.Arm)].SecondsPerRun;
        return new PlanEstimate
        {
            Arms = measured,
            TotalSeconds = ends.Max(),
            Bytes = measured.Max(m => m.BytesPerRun) * ends.Length,
        };
    }
}
