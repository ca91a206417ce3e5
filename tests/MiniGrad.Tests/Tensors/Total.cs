using MiniGrad.Memory;

namespace MiniGrad.Tests.Tensors;

/// <summary>An op made outside the library, through its public surface only: <c>y = Σ x</c>, <c>dX = dY</c> everywhere.</summary>
internal sealed class Total : Op
{
    private static readonly Total Instance = new();

    public override string Name => "total";

    public static Tensor Apply(Tensor x)
    {
        ComputeContext context = x.Context;
        context.Tracks("total", x);
        BufferView y = context.Allocate(1);
        context.Backend.SumAxis(1, (int)x.Shape.Count, 1, 1, x.Data, y, accumulate: false);
        return context.Record(Instance, y, [], default, x);
    }

    public override void Backward(in TapeEntry entry)
    {
        if (!entry.Wants(0)) return;
        GradientTarget target = entry.GradientOf(0);
        BroadcastLayout layout = BroadcastLayout.For([], entry.InputShape(0))!.Value;
        entry.Backend.ExpandA(layout, 1, entry.Gradient, target.View, target.Accumulate);
    }
}
