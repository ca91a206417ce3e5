using System.Globalization;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>How large the model is, before its first step, and who trains which of its parameters.</summary>
internal static class ModelSummary
{
    private const double Mebi = 1024 * 1024;

    /// <summary>Of a run that was measured.</summary>
    public static IReadOnlyList<string> Of(Calibration measured) => Text(measured.Parameters, measured.FlopsPerToken, $"about {Words.Significant(measured.BytesPerRun / Mebi)} MiB a run", measured.Routing);

    /// <summary>Of a run that has not begun: what is known without a step, activations apart.</summary>
    public static IReadOnlyList<string> Of(PlannedRun run, Workload workload)
    {
        // Alone: of several ranks only the first says it.
        using var session = new TrainingSession(run, workload with { Ranks = null }, workload.Settings.Training, evaluate: false);
        double bytes = session.Context.Backend.RealSize * ((2.0 * session.Model.ParameterCount) + session.Optimizer.StateCount);
        return Text(session.Model.ParameterCount, CountedWork.FlopsPerToken(session.Model), $"{Words.Significant(bytes / Mebi)} MiB of weights, gradients and optimizer state", session.Optimizer.Routing.Lines);
    }

    private static IReadOnlyList<string> Text(long parameters, double flops, string memory, IReadOnlyList<string> routing) =>
        [string.Create(CultureInfo.InvariantCulture, $"{parameters:N0} parameters, {Words.Significant(flops / 1e6)} MFLOP a token, {memory}"), .. routing];
}
