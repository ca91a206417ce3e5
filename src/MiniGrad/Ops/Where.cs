using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>y = a</c> where a condition is not 0, else b, with broadcasting; dY goes to the one that was taken, and never touches
/// the other, so that what is not finite there does no harm.
/// </summary>
public sealed class Where : Op
{
    private static readonly Where Instance = new();

    private Where()
    {
    }

    /// <inheritdoc/>
    public override string Name => "where";

    /// <summary>Chooses element by element.</summary>
    /// <param name="condition">What decides, such as <c>a &gt; b</c>; it gets no gradient.</param>
    /// <param name="a">Taken where the condition is not 0.</param>
    /// <param name="b">Taken where it is.</param>
    /// <returns>The chosen elements, of the common shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Apply(Tensor condition, Tensor a, Tensor b)
    {
        ComputeContext context = condition.Context;
        context.Tracks(Instance.Name, condition, a, b);
        Shape shape = Common(Common(a.Shape, b.Shape), condition.Shape);
        BufferView y = context.Allocate(shape.Count), whole = Whole(context, condition, shape), first = Whole(context, a, shape), second = Whole(context, b, shape);
        context.Backend.Select(whole, first, second, y);
        Drop(context, second, b);
        Drop(context, first, a);
        bool keep = context.GradientEnabled && (a.RequiresGradient || b.RequiresGradient);
        if (!keep) Drop(context, whole, condition);
        return context.Record(Instance, y, shape, keep && whole != condition.Data ? new OpState { Saved0 = whole } : default, condition, a, b);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        BufferView condition = entry.State.Saved0.IsEmpty ? entry.InputData(0) : entry.State.Saved0;
        BufferView scratch = entry.Allocate(entry.Shape.Count);
        for (int input = 1; input <= 2; input++)
        {
            if (!entry.Wants(input)) continue;
            entry.Backend.Select(condition, input == 1 ? entry.Gradient : default, input == 1 ? default : entry.Gradient, scratch);
            Broadcasting.AddTo(entry, input, scratch, sign: 1);
        }
        entry.Release(scratch);
    }

    private static Shape Common(Shape a, Shape b) => BroadcastLayout.For(a, b)?.Shape ?? throw Errors.Shapes(Instance.Name, a, b, "sizes must be equal or 1, aligned at the last dimension");

    private static BufferView Whole(ComputeContext context, Tensor x, Shape shape)
    {
        if (x.Shape.Count == shape.Count) return x.Data;
        BufferView whole = context.Allocate(shape.Count);
        context.Backend.ExpandA(BroadcastLayout.For(x.Shape, shape)!.Value, 1, x.Data, whole, accumulate: false);
        return whole;
    }

    private static void Drop(ComputeContext context, BufferView whole, Tensor x)
    {
        if (whole != x.Data) context.Arena.Release(whole);
    }
}
