using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>y = silu(gate) ⊙ up</c>, silu(g) = g·σ(g); <c>dGate = dY ⊙ up ⊙ silu′(gate)</c>, <c>dUp = dY ⊙ silu(gate)</c>
/// (Shazeer 2020, "GLU Variants Improve Transformer", §2).
/// </summary>
public sealed class SwiGlu : Op
{
    private static readonly SwiGlu Instance = new();

    private SwiGlu()
    {
    }

    /// <inheritdoc/>
    public override string Name => "swiglu";

    /// <summary>Gates one tensor by another.</summary>
    /// <param name="gate">The gate, (…,F).</param>
    /// <param name="up">What is gated, (…,F).</param>
    /// <returns>The result, (…,F).</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        ComputeContext context = gate.Context;
        context.Tracks(Instance.Name, gate, up);
        Shape shape = gate.Shape;
        if (shape != up.Shape) throw Errors.Shapes(Instance.Name, shape, up.Shape, "gate and up must have one shape");
        BufferView y = context.Allocate(shape.Count);
        context.Backend.SwiGlu(shape.Rows, shape.Columns, shape.Columns, gate.Data, up.Data, y);
        return context.Record(Instance, y, shape, OpState.With(false), gate, up);
    }

    /// <summary>Gates one half of a tensor by the other, as one fused projection yields them.</summary>
    /// <param name="gateUp">Gate and up side by side, (…,2F).</param>
    /// <returns>The result, (…,F).</returns>
    /// <exception cref="ArgumentException">The last size is odd.</exception>
    public static Tensor Apply(Tensor gateUp)
    {
        ComputeContext context = gateUp.Context;
        context.Tracks(Instance.Name, gateUp);
        Shapes.HasColumns(Instance.Name, gateUp.Shape);
        int width = gateUp.Shape.Columns, half = width / 2;
        if (width % 2 != 0) throw Errors.Shape(Instance.Name, gateUp.Shape, $"the last size {width} must be even: gate and up side by side");
        Shape shape = gateUp.Shape.With(-1, half);
        BufferView y = context.Allocate(shape.Count);
        context.Backend.SwiGlu(shape.Rows, half, width, gateUp.Data, UpOf(gateUp.Data, half), y);
        return context.Record(Instance, y, shape, OpState.With(true), gateUp);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        int rows = entry.Shape.Rows, columns = entry.Shape.Columns;
        bool fused = entry.State.Settings<bool>();
        if (fused)
        {
            BufferView x = entry.InputData(0);
            GradientTarget dX = entry.GradientOf(0);
            entry.Backend.SwiGluBackward(rows, columns, 2 * columns, x, UpOf(x, columns), entry.Gradient, dX.View, UpOf(dX.View, columns), dX.Accumulate);
            return;
        }
        var dGate = new FreshGradient(entry, 0);
        var dUp = new FreshGradient(entry, 1);
        entry.Backend.SwiGluBackward(rows, columns, columns, entry.InputData(0), entry.InputData(1), entry.Gradient, dGate.View, dUp.View, accumulate: false);
        dGate.Finish(entry);
        dUp.Finish(entry);
    }

    /// <inheritdoc/>
    public override bool CanRecompute(in TapeEntry entry) => true;

    /// <inheritdoc/>
    public override void Recompute(in TapeEntry entry, BufferView result)
    {
        int columns = entry.Shape.Columns;
        bool fused = entry.State.Settings<bool>();
        BufferView gate = entry.InputData(0), up = fused ? UpOf(gate, columns) : entry.InputData(1);
        entry.Backend.SwiGlu(entry.Shape.Rows, columns, fused ? 2 * columns : columns, gate, up, result);
    }

    private static BufferView UpOf(BufferView both, int half) => both.Length == 0 ? both : both.Slice(half, both.Length - half);
}
