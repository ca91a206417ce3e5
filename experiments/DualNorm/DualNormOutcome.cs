namespace MiniGrad.Experiments.DualNorm;

/// <summary>What one run came to.</summary>
internal sealed record DualNormOutcome(DualNormPlan Plan, double[] Losses)
{
    /// <summary>Below this a float32 loss is rounding, or exactly 0, which has no logarithm.</summary>
    public const double Floor = 1e-16;

    /// <summary>log₁₀ of the geometric mean of the last 5 % of the losses; NaN for a run that diverged.</summary>
    public double LogFinal
    {
        get
        {
            double[] last = Losses[^Math.Max(1, Losses.Length / 20)..];
            return Diverged ? double.NaN : last.Average(loss => Math.Log10(Math.Max(loss, Floor)));
        }
    }

    /// <summary>Whether it ended above ten times the loss that it began with, or beyond numbers.</summary>
    public bool Diverged => !Losses.All(double.IsFinite) || Losses[^1] > 10 * Losses[0];

    /// <summary>The first step with at most 1 % of the first loss; null where none has.</summary>
    public int? StepsToOnePercent => Array.FindIndex(Losses, loss => loss <= 0.01 * Losses[0]) is >= 0 and int step ? step : null;

    public static DualNormOutcome Of(DualNormPlan plan)
    {
        using var run = new DualNormRun(plan);
        return new DualNormOutcome(plan, run.Losses());
    }
}
