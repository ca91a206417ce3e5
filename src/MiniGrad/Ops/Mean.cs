using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary><c>y = (1/n)·Σ x</c>, over everything or one dimension of size n; <c>dX</c> is dY/n spread over what was summed.</summary>
public sealed class Mean : Op
{
    private static readonly Mean Instance = new();

    private Mean()
    {
    }

    /// <inheritdoc/>
    public override string Name => "mean";

    /// <summary>The mean of all elements.</summary>
    /// <param name="x">Operand.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">There is no element.</exception>
    public static Tensor Apply(Tensor x)
    {
        if (x.Shape.Count == 0) throw Errors.Shape(Instance.Name, x.Shape, "it has no elements to average");
        return Reduction.Apply(Instance, x, Reduction.All, keepDims: false, alpha: 1.0 / x.Shape.Count);
    }

    /// <summary>The mean over one dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    /// <returns>The means.</returns>
    /// <exception cref="ArgumentException">There is no such dimension, or it is empty.</exception>
    public static Tensor Apply(Tensor x, int axis, bool keepDims = false)
    {
        int dimension = Shapes.Axis(Instance.Name, x.Shape, axis);
        int size = x.Shape[dimension];
        if (size == 0) throw Errors.Shape(Instance.Name, x.Shape, $"dimension {axis} has no elements to average");
        return Reduction.Apply(Instance, x, dimension, keepDims, alpha: 1.0 / size);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry) => Reduction.Backward(entry);
}
