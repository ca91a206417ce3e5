using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Permute(Shape shape, ReadOnlySpan<int> order, BufferView x, BufferView y, bool accumulate)
    {
        if (shape.Count == 0) return;
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        BroadcastLayout.Strides from = RowMajor(shape), strides = default;
        for (int i = 0; i < order.Length; i++) (sizes[i], strides[i]) = (shape[order[i]], from[order[i]]);
        var result = new Shape(sizes[..order.Length]);
        var plan = new BroadcastPlan(result, strides, RowMajor(result));
        int contiguous = 0;
        while (plan[contiguous].StrideA > 1) contiguous++;
        if (contiguous == plan.Rank - 1)
        {
            Combine(new ScaleFunction(1), plan, x, x, y, accumulate);
            return;
        }
        var job = new TransposeJob(plan, contiguous, Pointer(x), Pointer(y), accumulate);
        _pool.For(job.BlockCount, ref job);
    }
}
