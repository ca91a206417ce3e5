using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>What the broadcasting ops share.</summary>
internal static class Broadcasting
{
    /// <summary>The layout of two operands of one shape.</summary>
    public static BroadcastLayout Same(Shape shape) => BroadcastLayout.For(shape, shape)!.Value;

    /// <summary>Computes and records <c>a ∘ b</c>, of the common shape.</summary>
    public static Tensor Apply(Op op, BinaryOperation operation, Tensor a, Tensor b)
    {
        ComputeContext context = a.Context;
        context.Tracks(op.Name, a, b);
        BroadcastLayout layout = BroadcastLayout.For(a.Shape, b.Shape) ?? throw Errors.Shapes(op.Name, a.Shape, b.Shape, "sizes must be equal or 1, aligned at the last dimension");
        BufferView y = context.Allocate(layout.Shape.Count);
        context.Backend.Binary(operation, layout, a.Data, b.Data, y, accumulate: false);
        return context.Record(op, y, layout.Shape, default, a, b);
    }

    /// <summary>Adds <c>sign · values</c>, of the result's shape, to an input's gradient, summed over its repeated dimensions.</summary>
    public static void AddTo(in TapeEntry entry, int input, BufferView values, double sign)
    {
        if (!entry.Wants(input)) return;
        GradientTarget target = entry.GradientOf(input);
        BroadcastLayout layout = BroadcastLayout.For(entry.InputShape(input), entry.Shape)!.Value;
        entry.Backend.ReduceToA(layout, sign, values, target.View, target.Accumulate);
    }

    /// <summary>Adds <c>dY ∘ other</c> to an input's gradient, summed over its repeated dimensions; in one pass when it has none.</summary>
    public static void AddCombined(in TapeEntry entry, int input, BinaryOperation operation, int other)
    {
        if (!entry.Wants(input)) return;
        BroadcastLayout layout = BroadcastLayout.For(entry.Shape, entry.InputShape(other))!.Value;
        if (entry.InputShape(input) == entry.Shape)
        {
            GradientTarget target = entry.GradientOf(input);
            entry.Backend.Binary(operation, layout, entry.Gradient, entry.InputData(other), target.View, target.Accumulate);
            return;
        }
        BufferView scratch = entry.Allocate(entry.Shape.Count);
        entry.Backend.Binary(operation, layout, entry.Gradient, entry.InputData(other), scratch, accumulate: false);
        AddTo(entry, input, scratch, sign: 1);
        entry.Release(scratch);
    }
}
