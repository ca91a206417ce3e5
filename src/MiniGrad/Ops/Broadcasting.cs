using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>What the backward passes of broadcasting ops share.</summary>
internal static class Broadcasting
{
    /// <summary>Adds <c>sign · values</c>, of the result's shape, to an input's gradient, summed over its repeated dimensions.</summary>
    public static void AddTo(in TapeEntry entry, int input, BufferView values, double sign)
    {
        if (!entry.Wants(input)) return;
        GradientTarget target = entry.GradientOf(input);
        BroadcastLayout layout = BroadcastLayout.For(entry.InputShape(input), entry.Shape)!.Value;
        entry.Backend.ReduceToA(layout, sign, values, target.View, target.Accumulate);
    }
}
