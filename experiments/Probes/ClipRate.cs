using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>How often gradients were clipped: the share of logged steps whose global norm was above the bound.</summary>
internal struct ClipRate(double bound)
{
    private int _steps;
    private int _clipped;

    /// <summary>The share so far; NaN of no step.</summary>
    public readonly double Share => (double)_clipped / _steps;

    /// <summary>The share of all given steps; NaN of none.</summary>
    public static double Of(IEnumerable<StepMetrics> steps, double bound)
    {
        var rate = new ClipRate(bound);
        foreach (StepMetrics step in steps) rate.Count(step);
        return rate.Share;
    }

    /// <summary>Takes a step in. One that was left out, because its gradient was not finite, was not clipped.</summary>
    public void Count(StepMetrics step)
    {
        _steps++;
        _clipped += double.IsFinite(step.GradientNorm) && step.GradientNorm > bound ? 1 : 0;
    }

    /// <summary>Begins anew.</summary>
    public void Clear() => _steps = _clipped = 0;
}
