using MiniGrad.Autograd;

namespace MiniGrad;

/// <summary>
/// Compares a backward pass with central differences, <c>∂f/∂p ≈ (f(p + ε) − f(p − ε)) / 2ε</c>, in float64. It also checks
/// that two passes give the same bits, and that gradients accumulate. Keep away from kinks (ReLU at 0), where no derivative is.
/// </summary>
/// <example><code>
/// using var context = new ComputeContext(new ReferenceBackend&lt;double&gt;());
/// Parameter w = context.Parameter("w", [3, 4], ParameterRole.HiddenMatrix);
/// w.Tensor.CopyFrom(values);
/// GradCheck.Run(() => MyOp.Apply(w), [w]).ThrowIfFailed();
/// </code></example>
public static class GradCheck
{
    /// <summary>Checks a function of parameters.</summary>
    /// <param name="function">Computes a result of any shape from the parameters; it is called inside a step, often, and must not open one. A result that is not a scalar is reduced with fixed random weights.</param>
    /// <param name="parameters">What to differentiate by, all of one float64 context. Their values are restored, their gradients forgotten.</param>
    /// <param name="options">Tolerances; the defaults when null.</param>
    /// <returns>The report; it has not thrown yet.</returns>
    /// <exception cref="ArgumentException">There are no parameters, they have no elements, or the result has none.</exception>
    /// <exception cref="InvalidOperationException">The back end computes in float32, a step is open, or no gradient flows to the result.</exception>
    public static GradCheckReport Run(Func<Tensor> function, ReadOnlySpan<Parameter> parameters, GradCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (parameters.IsEmpty) throw new ArgumentException("gradcheck: there are no parameters to differentiate by", nameof(parameters));
        ComputeContext context = parameters[0].Tensor.Context;
        if (context.Backend.RealSize < sizeof(double)) throw new InvalidOperationException($"gradcheck: back end '{context.Backend.Name}' computes in float32, whose rounding hides wrong gradients; use ReferenceBackend<double>");
        var run = new GradCheckRun(context, function, options ?? GradCheckOptions.Default);

        double[] value = run.Forward();
        double[][] first = run.Gradients(parameters), second = run.Gradients(parameters), doubled = run.Gradients(parameters, accumulate: true);
        bool deterministic = SameBits(value, run.Forward());
        bool accumulates = true;
        for (int p = 0; p < parameters.Length; p++)
        {
            deterministic &= SameBits(first[p], second[p]);
            accumulates &= IsTwice(second[p], doubled[p]);
            parameters[p].ZeroGradient();
        }
        return Compare(run, parameters, first) with { IsDeterministic = deterministic, Accumulates = accumulates };
    }

    private static GradCheckReport Compare(GradCheckRun run, ReadOnlySpan<Parameter> parameters, double[][] gradients)
    {
        GradCheckOptions options = run.Options;
        (int Parameter, int Index, double Numeric, double Ratio) worst = (-1, 0, 0, 0);
        double largestError = 0, largestDerivative = 0;
        long entries = 0;
        for (int p = 0; p < parameters.Length; p++)
        {
            double[] values = parameters[p].Tensor.ToDoubleArray();
            for (int i = 0; i < values.Length; i++, entries++)
            {
                double numeric = run.Difference(parameters[p].Data.Element(i), values[i]);
                double error = Math.Abs(gradients[p][i] - numeric);
                double ratio = error / (options.AbsoluteTolerance + options.RelativeTolerance * Math.Abs(numeric));
                largestError = Math.Max(largestError, error);
                largestDerivative = Math.Max(largestDerivative, Math.Abs(numeric));
                bool isWorst = worst.Parameter < 0 || (!double.IsNaN(worst.Ratio) && !(ratio <= worst.Ratio));
                if (isWorst) worst = (p, i, numeric, ratio);
            }
        }
        if (entries == 0) throw new ArgumentException("gradcheck: the parameters have no elements", nameof(parameters));
        return new GradCheckReport
        {
            Entries = entries,
            WorstParameter = parameters[worst.Parameter].Name,
            WorstIndex = worst.Index,
            Analytic = gradients[worst.Parameter][worst.Index],
            Numeric = worst.Numeric,
            WorstRatio = worst.Ratio,
            LargestError = largestError,
            LargestDerivative = largestDerivative,
            IsDeterministic = true,
            Accumulates = true,
        };
    }

    private static bool SameBits(double[] first, double[] second)
    {
        bool same = first.Length == second.Length;
        for (int i = 0; same && i < first.Length; i++) same = BitConverter.DoubleToInt64Bits(first[i]) == BitConverter.DoubleToInt64Bits(second[i]);
        return same;
    }

    private static bool IsTwice(double[] once, double[] twice)
    {
        // Sums that start from a gradient round otherwise than sums that start from zero.
        double largest = 1;
        foreach (double x in once) largest = Math.Max(largest, Math.Abs(x));
        for (int i = 0; i < once.Length; i++)
        {
            if (!(Math.Abs(twice[i] - 2 * once[i]) <= 1e-9 * largest)) return false;
        }
        return true;
    }
}
