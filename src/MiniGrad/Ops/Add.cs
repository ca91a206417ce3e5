using MiniGrad.Backends;

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
    public static Tensor Apply(Tensor a, Tensor b) => Broadcasting.Apply(Instance, BinaryOperation.Add, a, b);

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Broadcasting.AddTo(entry, 1, entry.Gradient, sign: 1);
        if (entry.InputShape(0) == entry.Shape) entry.PassGradient(0);
        else Broadcasting.AddTo(entry, 0, entry.Gradient, sign: 1);
    }
}
