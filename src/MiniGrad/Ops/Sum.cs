namespace MiniGrad.Ops;

/// <summary><c>y = Σ x</c>, over everything or one dimension; <c>dX</c> is dY spread over what was summed.</summary>
public sealed class Sum : Op
{
    private static readonly Sum Instance = new();

    private Sum()
    {
    }

    /// <inheritdoc/>
    public override string Name => "sum";

    /// <summary>Sums all elements; 0 for an empty tensor.</summary>
    /// <param name="x">Operand.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Apply(Tensor x) => Reduction.Apply(Instance, x, Reduction.All, keepDims: false, alpha: 1);

    /// <summary>Sums over one dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    /// <returns>The sums.</returns>
    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    public static Tensor Apply(Tensor x, int axis, bool keepDims = false) =>
        Reduction.Apply(Instance, x, Shapes.Axis(Instance.Name, x.Shape, axis), keepDims, alpha: 1);

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry) => Reduction.Backward(entry);
}
