using System.Globalization;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Display;

/// <summary>One line per evaluation and one where the plan stands whenever a run ends, for logs.</summary>
internal static class PlainLines
{
    /// <summary>Writes what a milestone is worth.</summary>
    /// <param name="status">The run.</param>
    /// <param name="progress">Where the plan stands.</param>
    public static void Write(RunStatus status, PlanProgress progress)
    {
        string line = status.State switch
        {
            RunState.Finished => "",
            RunState.Diverged => $"{status.Run.Label}: diverged after step {status.Last?.Step ?? 0}",
            RunState.Interrupted => $"{status.Run.Label}: stopped after step {status.Last?.Step ?? 0}",
            _ => OfStep(status),
        };
        if (line.Length > 0) Console.Error.WriteLine(line);
        // Of a single run the lines above tell enough.
        if (progress.Runs > 1 && status.State is (RunState.Finished or RunState.Diverged)) Console.Error.WriteLine(Summary(progress));
    }

    /// <summary>Where the plan stands, in words.</summary>
    public static string Summary(PlanProgress progress)
    {
        string left = progress.Ended == progress.Runs || progress.Left is not { } time ? "" : time.TotalMinutes >= 1.5 ? $", about {Math.Round(time.TotalMinutes):F0} min left" : $", about {Math.Ceiling(time.TotalSeconds):F0} s left";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Ended} of {progress.Runs} runs{left}");
    }

    private static string OfStep(RunStatus status) => status.Last is { } last
        ? string.Create(CultureInfo.InvariantCulture, $"{status.Run.Label}: step {last.Step}, train {last.TrainLoss:F3}, validation {status.ValidationLoss:F3}, lr {last.LearningRate:G3}, |g| {last.GradientNorm:F2}, {last.Tokens / Math.Max(1e-9, last.Seconds):N0} tokens/s")
        : $"{status.Run.Label}: started";
}
