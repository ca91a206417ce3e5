using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary><c>y = a + b</c> with broadcasting; <c>dA = dY</c>, <c>dB = dY</c>, summed over broadcast dimensions.</summary>
public sealed class Add : Op
{
    private static readonly Add Instance = new();

    private Add()
    {
    }

    /// <inheritdoc/>
    public override string Name => "add";

    /// <summary>Adds two tensors.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand; shapes broadcast as in NumPy.</param>
    /// <returns>The sum, of the common shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Apply(Tensor a, Tensor b)
    {
        ComputeContext context = a.Context;
        context.Tracks("add", a, b);
        BroadcastLayout layout = BroadcastLayout.For(a.Shape, b.Shape) ?? throw Errors.Shapes("add", a.Shape, b.Shape, "sizes must be equal or 1, aligned at the last dimension");
        BufferView y = context.Allocate(layout.Shape.Count);
        context.Backend.Binary(BinaryOperation.Add, layout, a.Data, b.Data, y, accumulate: false);
        return context.Record(Instance, y, layout.Shape, default, a, b);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Broadcasting.AddTo(entry, 1, entry.Gradient, sign: 1);
        if (entry.InputShape(0) == entry.Shape) entry.PassGradient(0);
        else Broadcasting.AddTo(entry, 0, entry.Gradient, sign: 1);
    }
}
