using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IElementwiseKernels
{
    /// <inheritdoc/>
    public void Binary(BinaryOperation operation, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y, bool accumulate)
    {
        if (layout.Shape.Count == 0) return;
        var plan = new BroadcastPlan(layout.Shape, layout.A, layout.B);
        switch (operation)
        {
            case BinaryOperation.Add: Combine(default(AddFunction), plan, a, b, y, accumulate); break;
            case BinaryOperation.Subtract: Combine(default(SubtractFunction), plan, a, b, y, accumulate); break;
            case BinaryOperation.Multiply: Combine(default(MultiplyFunction), plan, a, b, y, accumulate); break;
            case BinaryOperation.Divide: Combine(default(DivideFunction), plan, a, b, y, accumulate); break;
            default: throw Unknown(operation);
        }
    }

    /// <inheritdoc/>
    public void ExpandA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        if (layout.Shape.Count == 0) return;
        Combine(new ScaleFunction((float)alpha), new BroadcastPlan(layout.Shape, layout.A, layout.A), x, x, y, accumulate);
    }

    private void Combine<TFunction>(TFunction function, in BroadcastPlan plan, BufferView a, BufferView b, BufferView y, bool accumulate)
        where TFunction : unmanaged, IBinaryFunction
    {
        var job = new BinaryJob<TFunction>(function, plan, Pointer(a), Pointer(b), Pointer(y), accumulate);
        For(job.BlockCount, job);
    }
}
