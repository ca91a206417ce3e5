namespace MiniGrad.Experiments.Running;

/// <summary>Where a plan stands, every run weighted by its tokens: a long run is not as much as a short one.</summary>
/// <param name="Runs">Runs of the plan.</param>
/// <param name="Ended">Runs that have ended.</param>
/// <param name="Done">How much of the plan is done, from 0 to 1.</param>
/// <param name="Left">The time left at the pace so far; null while there is too little to tell.</param>
internal sealed record PlanProgress(int Runs, int Ended, double Done, TimeSpan? Left)
{
    private const double Enough = 0.01;

    /// <summary>Reckons.</summary>
    /// <param name="runs">Where every run stands.</param>
    /// <param name="elapsed">Time since the program began to train; what was done before took none of it.</param>
    public static PlanProgress Of(IReadOnlyList<RunStatus> runs, TimeSpan elapsed)
    {
        double all = runs.Sum(r => (double)r.Tokens), done = runs.Sum(r => r.Done * r.Tokens), here = runs.Sum(r => Math.Max(0, r.Done - r.DoneBefore) * r.Tokens);
        int ended = runs.Count(r => r.State is RunState.Finished or RunState.Diverged);
        TimeSpan? left = ended == runs.Count ? TimeSpan.Zero : here > Enough * (all - done + here) ? elapsed * ((all - done) / here) : null;
        return new PlanProgress(runs.Count, ended, done / all, left);
    }
}
