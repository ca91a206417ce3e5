namespace MiniGrad;

/// <summary>What the learning rate does after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls in a straight line.</summary>
    Linear,

    /// <summary>It falls along half a cosine.</summary>
    Cosine,

    /// <summary>Warm-up, stable, decay: it stays, then falls in a straight line over the last steps.</summary>
    Wsd,

    /// <summary>The same with a fall along 1 − √x (Hägele et al., arXiv 2405.18392).</summary>
    Sqrt,
}

/// <summary>
/// A factor of the learning rate as a pure function of the step: (step+1)/warmup while warming up, then 1, and from 1 at the
/// beginning of the decay to the final factor at the last step's end.
/// </summary>
/// <param name="Kind">What follows the warm-up.</param>
/// <param name="WarmupSteps">Steps of the warm-up; 0 for none.</param>
/// <param name="TotalSteps">Steps of the whole run, the warm-up included.</param>
/// <param name="FinalFactor">Where the decay ends, in [0, 1].</param>
/// <param name="DecaySteps">The last steps, over which it decays; 0 for all that follow the warm-up.</param>
public sealed record LearningRateSchedule(ScheduleKind Kind, int WarmupSteps, int TotalSteps, double FinalFactor = 0, int DecaySteps = 0)
{
    /// <summary>Steps of the warm-up; 0 for none.</summary>
    public int WarmupSteps { get; } = WarmupSteps >= 0 ? WarmupSteps : throw new ArgumentException($"warmupSteps is {WarmupSteps}; expected a number ≥ 0");

    /// <summary>Steps of the whole run, the warm-up included.</summary>
    public int TotalSteps { get; } = TotalSteps >= 1 ? TotalSteps : throw new ArgumentException($"totalSteps is {TotalSteps}; expected a number ≥ 1");

    /// <summary>Where the decay ends.</summary>
    public double FinalFactor { get; } = FinalFactor is >= 0 and <= 1 ? FinalFactor : throw new ArgumentException($"finalFactor is {FinalFactor}; expected a number in [0, 1]");

    /// <summary>The last steps, over which it decays; 0 for all that follow the warm-up.</summary>
    public int DecaySteps { get; } = DecaySteps >= 0 ? DecaySteps : throw new ArgumentException($"decaySteps is {DecaySteps}; expected a number ≥ 0");

    /// <summary>Where a learning-rate range test begins, or null for none: the factor then rises from here to 1 by equal ratios, whatever else is said.</summary>
    public double? RisesFrom { get; init; }

    /// <summary>The factor of a step, in [0, 1].</summary>
    /// <param name="step">The step, from 0; after the last one the factor stays.</param>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (RisesFrom is { } lowest) return Math.Pow(lowest, 1 - Math.Min(1, (double)step / Math.Max(1, TotalSteps - 1)));
        if (step < WarmupSteps) return (double)(step + 1) / WarmupSteps;
        if (Kind == ScheduleKind.Constant) return 1;
        int rest = Math.Max(1, TotalSteps - WarmupSteps), decay = DecaySteps == 0 ? rest : Math.Min(DecaySteps, rest);
        double progress = Math.Clamp((double)(step - (TotalSteps - decay)) / decay, 0, 1);
        double remaining = Kind switch
        {
            ScheduleKind.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            ScheduleKind.Sqrt => 1 - Math.Sqrt(progress),
            _ => 1 - progress,
        };
        return FinalFactor + ((1 - FinalFactor) * remaining);
    }
}
