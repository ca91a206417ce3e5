namespace MiniGrad.Experiments.Theory;

/// <summary>Holds every step against what is proven, and keeps the sums that the theorems speak of.</summary>
internal sealed class TheoryWatch(TheoryProblem problem)
{
    // |Ô| is recovered from V by a subtraction, whose rounding this allows for.
    private const double Rounding = 1e-9;

    private readonly double _largestSingularValue = LargestSingularValue();
    private readonly double _largestRatio = Bounds.LargestRatio(TheoryRecord.Beta);
    private double _gap = double.NaN;
    private double _rates;
    private double _squares;
    private double _gradients;
    private double _descents;
    private double _sincePoint;
    private int _lastPoint;
    private double _least = double.PositiveInfinity;

    public int OneStepViolations { get; private set; }

    public int AverageViolations { get; private set; }

    public int PreconditionerViolations { get; private set; }

    public double NormDeviation { get; private set; }

    public double LeastSlack { get; private set; } = double.PositiveInfinity;

    public double LargestRoot { get; private set; }

    public double LargestRatio { get; private set; }

    private double AverageDescent => _descents / _rates;

    private double AverageBound => Bounds.Average(_gap, problem.Smoothness, problem.Rows, problem.Columns, _rates, _squares);

    public void See(in TheoryStep step)
    {
        if (double.IsNaN(_gap)) _gap = step.Loss - problem.LowerBound;
        _rates += step.Eta;
        _squares += step.Eta * step.Eta;
        _gradients += step.Eta * step.GradientNorm;
        _descents += step.Descent;
        _sincePoint += step.GradientNorm;
        _least = Math.Min(_least, step.GradientNorm);
        if (step.Violates) OneStepViolations++;
        if (!(AverageDescent <= AverageBound)) AverageViolations++;
        if (!(step.LargestRoot <= _largestSingularValue && step.LargestRatio <= _largestRatio * (1 + Rounding))) PreconditionerViolations++;
        NormDeviation = Math.Max(NormDeviation, step.NormDeviation);
        LeastSlack = Math.Min(LeastSlack, (step.Bound - step.NextLoss) / (0.5 * problem.Smoothness * step.PredictedNorm * step.PredictedNorm));
        LargestRoot = Math.Max(LargestRoot, step.LargestRoot);
        LargestRatio = Math.Max(LargestRatio, step.LargestRatio);
    }

    /// <summary>A point of the curve; the mean of ‖∇f‖ begins anew behind it.</summary>
    public TheoryPoint Point(in TheoryStep step)
    {
        double mean = _sincePoint / (step.T - _lastPoint);
        (_sincePoint, _lastPoint) = (0, step.T);
        return new TheoryPoint(step.T, mean, _least, _gradients / _rates, AverageDescent, AverageBound, step.Loss - problem.LowerBound);
    }

    private static double LargestSingularValue()
    {
        OrthogonalizerOptions method = TheoryRun.Options(1).Orthogonalizer;
        return Bounds.LargestSingularValue(method.Coefficients, method.Steps);
    }
}
