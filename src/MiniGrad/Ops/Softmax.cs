using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// Softmax over the last dimension: <c>y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ</c>, m the row's largest element;
/// <c>dX = y ⊙ (dY − ⟨dY, y⟩)</c>, row by row. Only the result is needed again.
/// </summary>
public sealed class Softmax : Op
{
    private static readonly Softmax Instance = new();

    private Softmax()
    {
    }

    /// <inheritdoc/>
    public override string Name => "softmax";

    /// <summary>Turns each row into probabilities.</summary>
    /// <param name="x">Operand, (…,C).</param>
    /// <returns>Probabilities, (…,C); each row sums to 1.</returns>
    /// <exception cref="ArgumentException">There is no last dimension, or it is empty.</exception>
    public static Tensor Apply(Tensor x)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        Shapes.HasColumns(Instance.Name, x.Shape);
        BufferView y = context.Allocate(x.Shape.Count);
        context.Backend.Softmax(x.Shape.Rows, x.Shape.Columns, x.Data, y);
        return context.Record(Instance, y, x.Shape, default, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0);
        entry.Backend.SoftmaxBackward(entry.Shape.Rows, entry.Shape.Columns, entry.Output, entry.Gradient, dX.View, dX.Accumulate);
    }
}
