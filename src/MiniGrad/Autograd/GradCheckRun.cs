using MiniGrad.Memory;

namespace MiniGrad.Autograd;

/// <summary>The evaluations of one gradient check, each in a step of its own.</summary>
internal sealed class GradCheckRun(ComputeContext context, Func<Tensor> function, GradCheckOptions options)
{
    private double[] _weights = [];

    public GradCheckOptions Options => options;

    /// <summary>The result, computed under NoGrad.</summary>
    public double[] Forward()
    {
        using StepScope step = context.BeginStep();
        using NoGradScope noGrad = context.NoGrad();
        double[] result = function().ToDoubleArray();
        if (result.Length == 0) throw new ArgumentException("gradcheck: the function's result has no elements");
        if (_weights.Length != result.Length) _weights = Weights(result.Length);
        return result;
    }

    /// <summary>The gradients of the weighted sum of the result by backpropagation; zeros where none arrived.</summary>
    public double[][] Gradients(ReadOnlySpan<Parameter> parameters, bool accumulate = false)
    {
        foreach (Parameter parameter in parameters)
        {
            if (!accumulate) parameter.ZeroGradient();
        }
        using (context.BeginStep())
        {
            Tensor result = function();
            (result * context.Tensor(result.Shape, _weights)).Sum().Backward();
        }
        var gradients = new double[parameters.Length][];
        for (int p = 0; p < gradients.Length; p++)
        {
            gradients[p] = parameters[p].HasGradient ? context.DownloadDouble(parameters[p].GradientData) : new double[parameters[p].Shape.Count];
        }
        return gradients;
    }

    /// <summary>The derivative of the weighted sum by one element, as a central difference. The element is restored.</summary>
    public double Difference(BufferView element, double value)
    {
        // The distance that the rounded points really have; the difference is taken before the sum, so that large results do not drown it.
        double above = value + options.Epsilon, below = value - options.Epsilon;
        double[] upper = ForwardAt(element, above), lower = ForwardAt(element, below);
        context.Backend.Upload(element, [value]);
        double sum = 0;
        for (int i = 0; i < upper.Length; i++) sum += _weights[i] * (upper[i] - lower[i]);
        return sum / (above - below);
    }

    private double[] ForwardAt(BufferView element, double value)
    {
        context.Backend.Upload(element, [value]);
        return Forward();
    }

    // Far from 0 and of both signs, so that no entry's error is hidden.
    private double[] Weights(int length)
    {
        var random = new Random(options.Seed);
        var weights = new double[length];
        for (int i = 0; i < length; i++) weights[i] = (random.NextDouble() + 0.5) * (random.Next(2) == 0 ? -1 : 1);
        return weights;
    }
}
