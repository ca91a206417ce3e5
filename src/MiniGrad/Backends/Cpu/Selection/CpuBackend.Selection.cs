using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : ISelectionKernels
{
    /// <inheritdoc/>
    public void MaxAxis(long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places) => For(
        Blocks.Count(outer * inner, Blocks.Rows(axis)),
        new MaxAxisJob(outer * inner, axis, inner, Pointer(x), y.IsEmpty ? null : Pointer(y), chosen.IsEmpty ? null : Pointer(chosen), places.IsEmpty ? null : IntPointer(places)));

    /// <inheritdoc/>
    public void Compare(Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y)
    {
        if (layout.Shape.Count == 0) return;
        var plan = new BroadcastPlan(layout.Shape, layout.A, layout.B);
        switch (comparison)
        {
            case Comparison.Greater: Combine(default(GreaterFunction), plan, a, b, y, accumulate: false); break;
            case Comparison.GreaterOrEqual: Combine(default(GreaterOrEqualFunction), plan, a, b, y, accumulate: false); break;
            case Comparison.Equal: Combine(default(EqualFunction), plan, a, b, y, accumulate: false); break;
            default: throw Unknown(comparison);
        }
    }

    /// <inheritdoc/>
    public void Select(BufferView condition, BufferView a, BufferView b, BufferView y) =>
        For(Blocks.Count(y.Length), new SelectJob(Pointer(condition), a.IsEmpty ? null : Pointer(a), b.IsEmpty ? null : Pointer(b), Pointer(y), y.Length));
}
