using MiniGrad.Backends;

namespace MiniGrad.Ops;

/// <summary><c>y = a ⊙ b</c> with broadcasting; <c>dA = dY ⊙ b</c>, <c>dB = dY ⊙ a</c>, summed over broadcast dimensions.</summary>
public sealed class Multiply : Op
{
    private static readonly Multiply Instance = new();

    private Multiply()
    {
    }

    /// <inheritdoc/>
    public override string Name => "multiply";

    /// <summary>Multiplies two tensors element by element.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand; shapes broadcast as in NumPy.</param>
    /// <returns>The product, of the common shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Apply(Tensor a, Tensor b) => Broadcasting.Apply(Instance, BinaryOperation.Multiply, a, b);

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Broadcasting.AddCombined(entry, 0, BinaryOperation.Multiply, other: 1);
        Broadcasting.AddCombined(entry, 1, BinaryOperation.Multiply, other: 0);
    }
}
