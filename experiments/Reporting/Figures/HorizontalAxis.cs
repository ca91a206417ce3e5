using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>What losses are drawn over.</summary>
internal enum HorizontalAxis
{
    /// <summary>Optimizer steps.</summary>
    Step,

    /// <summary>Tokens trained on.</summary>
    Tokens,

    /// <summary>Seconds of training, evaluations left out.</summary>
    Seconds,
}

/// <summary>What the axes are called and where a point lies on them.</summary>
internal static class HorizontalAxes
{
    public static string Label(this HorizontalAxis axis) => axis switch
    {
        HorizontalAxis.Tokens => "tokens",
        HorizontalAxis.Seconds => "seconds of training",
        _ => "step",
    };

    public static double Of(this HorizontalAxis axis, StepMetrics metrics) => axis switch
    {
        HorizontalAxis.Tokens => metrics.Tokens,
        HorizontalAxis.Seconds => metrics.Seconds,
        _ => metrics.Step,
    };
}
