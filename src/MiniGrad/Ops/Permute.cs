using System.Runtime.CompilerServices;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary><c>y[i_p(0), i_p(1), …] = x[i_0, i_1, …]</c>, copied; the gradient is reordered back.</summary>
public sealed class Permute : Op
{
    private static readonly Permute Instance = new();

    [InlineArray(Shape.MaxRank)]
    private struct Order
    {
        private int _first;
    }

    private Permute()
    {
    }

    /// <inheritdoc/>
    public override string Name => "permute";

    /// <summary>Reorders dimensions.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="order">Which dimension of x becomes each dimension of the result; each of them once. Negative ones count from the last.</param>
    /// <returns>The reordered tensor.</returns>
    /// <exception cref="ArgumentException">The order does not name each dimension once.</exception>
    public static Tensor Apply(Tensor x, params ReadOnlySpan<int> order)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        Shape shape = x.Shape;
        if (order.Length != shape.Rank) throw Errors.Shape(Instance.Name, shape, $"the order has {order.Length} entries; it must name each of the {shape.Rank} dimensions once");
        Span<int> forward = stackalloc int[Shape.MaxRank], sizes = stackalloc int[Shape.MaxRank];
        var back = new Order();
        int seen = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int from = Shapes.Axis(Instance.Name, shape, order[i]);
            if ((seen & 1 << from) != 0) throw Errors.Shape(Instance.Name, shape, $"the order names dimension {from} twice");
            seen |= 1 << from;
            (forward[i], sizes[i], back[from]) = (from, shape[from], i);
        }
        var result = new Shape(sizes[..order.Length]);
        BufferView y = context.Allocate(result.Count);
        context.Backend.Permute(shape, forward[..order.Length], x.Data, y, accumulate: false);
        return context.Record(Instance, y, result, OpState.With(back), x);
    }

    /// <summary>Exchanges two dimensions, the last two by default.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="first">One dimension; a negative one counts from the last.</param>
    /// <param name="second">The other.</param>
    /// <returns>The transposed tensor.</returns>
    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    public static Tensor Transpose(Tensor x, int first = -2, int second = -1)
    {
        Shape shape = x.Shape;
        int a = Shapes.Axis(Instance.Name, shape, first), b = Shapes.Axis(Instance.Name, shape, second);
        Span<int> order = stackalloc int[Shape.MaxRank];
        for (int i = 0; i < shape.Rank; i++) order[i] = i == a ? b : i == b ? a : i;
        return Apply(x, order[..shape.Rank]);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0);
        Order back = entry.State.Settings<Order>();
        entry.Backend.Permute(entry.Shape, ((ReadOnlySpan<int>)back)[..entry.Shape.Rank], entry.Gradient, dX.View, dX.Accumulate);
    }
}
