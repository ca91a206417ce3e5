using MiniGrad.Tensors;

namespace MiniGrad.Training;

/// <summary>
/// Takes a step that went bad once more, looking at the result of every op: the bad step changed nothing, so that on the
/// host the replay meets the same numbers. Says which op and tensor were the first that were not finite.
/// </summary>
internal static class AnomalyReplay
{
    /// <summary>The first bad tensor of the first bad step, in words.</summary>
    /// <param name="context">Where the model lives.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="first">The first step to replay, from 0.</param>
    /// <param name="last">The last one.</param>
    /// <param name="gradients">Computes the gradients of a step; not to be called on the way.</param>
    public static string Describe(ComputeContext context, IOptimizer optimizer, int first, int last, Action<int> gradients)
    {
        var detector = new AnomalyDetector(context);
        string? parameter = null;
        foreach (Parameter p in optimizer.Gradients.Parameters) parameter ??= detector.Check($"the parameter '{p.Name}' {p.Shape}", p.Data, p.Shape);
        try
        {
            for (int step = first; step <= last && detector.Found is null; step++)
            {
                context.Anomalies = detector;
                gradients(step);
                context.Anomalies = null;
                if (detector.Found is null && Overflows(context, optimizer)) return "every gradient is finite, but their norm overflows";
            }
        }
        finally
        {
            context.Anomalies = null;
        }
        return (parameter, detector.Found) switch
        {
            (null, null) => "a replay met no such number; with --log-every 1 the step is replayed as it was",
            (null, { } found) => $"first in {found}",
            ({ } bad, null) => $"before the step {bad}",
            ({ } bad, { } found) => $"before the step {bad}; first spoilt in {found}",
        };
    }

    private static bool Overflows(ComputeContext context, IOptimizer optimizer)
    {
        optimizer.Gradients.Measure();
        Span<double> gate = stackalloc double[1];
        context.Backend.Download(optimizer.Gradients.Gate, gate);
        return gate[0] == 0;
    }
}
