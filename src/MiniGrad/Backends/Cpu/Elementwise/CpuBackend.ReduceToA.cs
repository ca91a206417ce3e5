using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void ReduceToA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        if (layout.Shape.Count == 0)
        {
            if (!accumulate) Fill(y, 0);
            return;
        }
        // Kept and summed dimensions alternate now. The last summed one goes first, since it shrinks the data most cheaply.
        var plan = new BroadcastPlan(layout.Shape, layout.A, RowMajor(layout.Shape));
        int summed = 0;
        for (int i = 0; i < plan.Rank; i++) summed += plan[i].StrideA == 0 ? 1 : 0;
        if (plan.Rank == 1 && plan.Inner == 1 || summed == 0)
        {
            For(Blocks.Count(y.Length), new AxpbyJob((float)alpha, Pointer(x), 1, accumulate ? Pointer(y) : null, Pointer(y), y.Length));
            return;
        }
        long outer = layout.Shape.Count, inner = 1;
        float* from = Pointer(x), spare = summed > 1 ? Scratch(layout.Shape.Count) : null;
        for (int i = plan.Rank - 1; i >= 0; i--)
        {
            (long size, long stride) = plan[i];
            outer /= size;
            if (stride != 0)
            {
                inner *= size;
                continue;
            }
            bool last = --summed == 0;
            float* to = last ? Pointer(y) : spare;
            SumAxis(outer, size, inner, last ? (float)alpha : 1, from, to, last && accumulate);
            from = to;
            spare = to + outer * inner;
        }
    }

    private static BroadcastLayout.Strides RowMajor(Shape shape)
    {
        var strides = new BroadcastLayout.Strides();
        long stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }
}
