namespace MiniGrad.Experiments.Theory;

/// <summary>A point of a run's curve.</summary>
/// <param name="T">The step.</param>
/// <param name="GradientNorm">‖∇f‖, averaged over the steps since the last point.</param>
/// <param name="Least">The least ‖∇f‖ so far.</param>
/// <param name="Average">Σ η‖∇f‖ / Σ η so far.</param>
/// <param name="AverageDescent">Σ η⟨∇f, U⟩ / Σ η so far, which the summed inequality bounds.</param>
/// <param name="AverageBound">That bound.</param>
/// <param name="Loss">f there, less what it cannot fall below.</param>
internal readonly record struct TheoryPoint(int T, double GradientNorm, double Least, double Average, double AverageDescent, double AverageBound, double Loss);

/// <summary>What a run comes to: counts over all of its steps, and a curve at steps of equal ratios.</summary>
internal sealed record TheorySummary
{
    public const int PointsPerRun = 160;

    public required TheoryPlan Plan { get; init; }

    public required IReadOnlyList<TheoryPoint> Curve { get; init; }

    /// <summary>All steps where they were asked for; else empty.</summary>
    public required IReadOnlyList<TheoryStep> Steps { get; init; }

    public int OneStepViolations { get; init; }

    public int AverageViolations { get; init; }

    public int PreconditionerViolations { get; init; }

    /// <summary>The largest |‖ΔX‖/(0.2·η·√(mn)) − 1|.</summary>
    public double NormDeviation { get; init; }

    /// <summary>The least (right − left)/(L/2·‖ΔX‖²) of the one-step inequality: 0 would be equality.</summary>
    public double LeastSlack { get; init; }

    public double LargestRoot { get; init; }

    public double LargestRatio { get; init; }

    /// <summary>The mean gradient norm over the last half of the steps.</summary>
    public double Plateau { get; init; }

    /// <summary>The largest gradient norm over the last half of the steps: the limit superior, as far as a run shows it.</summary>
    public double Limsup { get; init; }

    /// <summary>The mean cosine between step and steepest descent, over the first tenth and over the last half.</summary>
    public double EarlyAlignment { get; init; }

    public double LateAlignment { get; init; }

    /// <summary>Exponents over the last factor 10 of the steps.</summary>
    public double LeastSlope => Slope(p => p.Least);

    public double GradientSlope => Slope(p => p.GradientNorm);

    public double AverageSlope => Slope(p => p.Average);

    public double DescentSlope => Slope(p => p.AverageDescent);

    public double BoundSlope => Slope(p => p.AverageBound);

    private double Slope(Func<TheoryPoint, double> value)
    {
        TheoryPoint[] window = [.. Curve.Where(p => p.T >= Plan.Steps / TheoryRecord.Window)];
        return PowerLaw.Slope([.. window.Select(p => (double)p.T)], [.. window.Select(value)]);
    }

    /// <summary>Runs a plan.</summary>
    public static TheorySummary Of(TheoryPlan plan, bool keepSteps)
    {
        TheoryProblem problem = TheoryProblem.Draw(plan.Arm.Function, plan.Seed, TheoryRecord.P, TheoryRecord.M, TheoryRecord.N);
        using var run = new TheoryRun(problem, plan);
        return Of(plan, problem, run.Steps(), keepSteps);
    }

    public static TheorySummary Of(TheoryPlan plan, TheoryProblem problem, IEnumerable<TheoryStep> steps, bool keepSteps)
    {
        int[] at = PowerLaw.Spaced(1, plan.Steps, PointsPerRun);
        var watch = new TheoryWatch(problem);
        List<TheoryPoint> curve = new(at.Length);
        List<TheoryStep> kept = [];
        double plateau = 0, limsup = 0, early = 0, late = 0;
        int tenth = Math.Max(1, plan.Steps / 10), half = plan.Steps / 2;
        foreach (TheoryStep step in steps)
        {
            watch.See(step);
            if (curve.Count < at.Length && at[curve.Count] == step.T) curve.Add(watch.Point(step));
            if (keepSteps) kept.Add(step);
            if (step.T <= tenth) early += step.Alignment / tenth;
            if (step.T <= half) continue;
            limsup = Math.Max(limsup, step.GradientNorm);
            plateau += step.GradientNorm / (plan.Steps - half);
            late += step.Alignment / (plan.Steps - half);
        }
        return new TheorySummary
        {
            Plan = plan,
            Curve = curve,
            Steps = kept,
            OneStepViolations = watch.OneStepViolations,
            AverageViolations = watch.AverageViolations,
            PreconditionerViolations = watch.PreconditionerViolations,
            NormDeviation = watch.NormDeviation,
            LeastSlack = watch.LeastSlack,
            LargestRoot = watch.LargestRoot,
            LargestRatio = watch.LargestRatio,
            Plateau = plateau,
            Limsup = limsup,
            EarlyAlignment = early,
            LateAlignment = late,
        };
    }
}
