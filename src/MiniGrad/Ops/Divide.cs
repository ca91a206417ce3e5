using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary><c>y = a / b</c> with broadcasting; <c>dA = dY / b</c>, <c>dB = −dY ⊙ y / b</c>, summed over broadcast dimensions.</summary>
public sealed class Divide : Op
{
    private static readonly Divide Instance = new();

    private Divide()
    {
    }

    /// <inheritdoc/>
    public override string Name => "divide";

    /// <summary>Divides one tensor by another element by element.</summary>
    /// <param name="a">Dividend.</param>
    /// <param name="b">Divisor; shapes broadcast as in NumPy.</param>
    /// <returns>The quotient, of the common shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Apply(Tensor a, Tensor b) => Broadcasting.Apply(Instance, BinaryOperation.Divide, a, b);

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Broadcasting.AddCombined(entry, 0, BinaryOperation.Divide, other: 1);
        if (!entry.Wants(1)) return;

        // y = a / b is at hand, so dY ⊙ y / b needs neither a nor b².
        BufferView scratch = entry.Allocate(entry.Shape.Count);
        BroadcastLayout whole = BroadcastLayout.For(entry.Shape, entry.Shape)!.Value;
        BroadcastLayout byDivisor = BroadcastLayout.For(entry.Shape, entry.InputShape(1))!.Value;
        entry.Backend.Binary(BinaryOperation.Multiply, whole, entry.Gradient, entry.Output, scratch, accumulate: false);
        entry.Backend.Binary(BinaryOperation.Divide, byDivisor, scratch, entry.InputData(1), scratch, accumulate: false);
        Broadcasting.AddTo(entry, 1, scratch, sign: -1);
        entry.Release(scratch);
    }
}
