using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// <c>y = f(x)</c> element by element, <c>dX = f′(x) ⊙ dY</c>, for every <see cref="UnaryOperation"/>: exponential,
/// logarithm, square root, square, tanh, sigmoid, ReLU, SiLU, both forms of GELU, and sign, whose derivative is 0.
/// Only x is needed again, and the tape holds it anyway. <see cref="TensorExtensions"/> has a named method for each.
/// </summary>
public sealed class Unary : Op
{
    // One stateless instance a function, in the order of the enumeration.
    private static readonly Unary[] Instances = [.. Enum.GetValues<UnaryOperation>().Select(operation => new Unary(operation))];
    private readonly UnaryOperation _operation;

    private Unary(UnaryOperation operation)
    {
        _operation = operation;
        Name = operation.ToString().ToLowerInvariant();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Applies a function to every element.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="x">Operand.</param>
    /// <returns>f(x), of x's shape.</returns>
    public static Tensor Apply(UnaryOperation operation, Tensor x)
    {
        Unary op = Instances[(int)operation];
        ComputeContext context = x.Context;
        context.Tracks(op.Name, x);
        BufferView y = context.Allocate(x.Shape.Count);
        context.Backend.Unary(operation, x.Data, y);
        return context.Record(op, y, x.Shape, default, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget target = entry.GradientOf(0);
        entry.Backend.UnaryBackward(_operation, entry.InputData(0), entry.Gradient, target.View, target.Accumulate);
    }
}
