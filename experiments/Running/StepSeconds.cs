using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>How long a step takes: the median over what was logged, so that neither the first step, which compiles, nor a pause of the machine counts.</summary>
internal static class StepSeconds
{
    /// <summary>Seconds of training a step; null where no run logged two steps.</summary>
    /// <param name="histories">What each run logged.</param>
    public static double? Median(IEnumerable<IReadOnlyList<StepMetrics>> histories)
    {
        double[] steps = [.. histories.SelectMany(h => h.Zip(h.Skip(1), (a, b) => (b.Seconds - a.Seconds) / (b.Step - a.Step))).Order()];
        return steps.Length > 0 ? steps[steps.Length / 2] : null;
    }
}
