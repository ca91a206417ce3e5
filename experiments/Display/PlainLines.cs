using System.Globalization;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Display;

/// <summary>One line per evaluation, for logs.</summary>
internal static class PlainLines
{
    public static void Write(RunStatus status)
    {
        string line = status.State switch
        {
            RunState.Diverged => $"{status.Run.Label}: diverged after step {status.Last?.Step ?? 0}",
            RunState.Interrupted => $"{status.Run.Label}: stopped after step {status.Last?.Step ?? 0}",
            _ => Progress(status),
        };
        Console.Error.WriteLine(line);
    }

    private static string Progress(RunStatus status) => status.Last is { } last
        ? string.Create(CultureInfo.InvariantCulture, $"{status.Run.Label}: step {last.Step}, train {last.TrainLoss:F3}, validation {status.ValidationLoss:F3}, lr {last.LearningRate:G3}, |g| {last.GradientNorm:F2}, {last.Tokens / Math.Max(1e-9, last.Seconds):N0} tokens/s")
        : $"{status.Run.Label}: started";
}
