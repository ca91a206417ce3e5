using MiniGrad.Backends;

namespace MiniGrad.Ops;

/// <summary><c>y = a − b</c> with broadcasting; <c>dA = dY</c>, <c>dB = −dY</c>, summed over broadcast dimensions.</summary>
public sealed class Subtract : Op
{
    private static readonly Subtract Instance = new();

    private Subtract()
    {
    }

    /// <inheritdoc/>
    public override string Name => "subtract";

    /// <summary>Subtracts one tensor from another.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">What is subtracted; shapes broadcast as in NumPy.</param>
    /// <returns>The difference, of the common shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Apply(Tensor a, Tensor b) => Broadcasting.Apply(Instance, BinaryOperation.Subtract, a, b);

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Broadcasting.AddTo(entry, 1, entry.Gradient, sign: -1);
        if (entry.InputShape(0) == entry.Shape) entry.PassGradient(0);
        else Broadcasting.AddTo(entry, 0, entry.Gradient, sign: 1);
    }
}
