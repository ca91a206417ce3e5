using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>Comparisons: 1 where they hold, else 0. They are constants to the backward pass, so none is an <see cref="Op"/>.</summary>
internal static class Compare
{
    /// <summary>Compares element by element, with broadcasting.</summary>
    public static Tensor Apply(string name, Comparison comparison, Tensor a, Tensor b)
    {
        ComputeContext context = a.Context;
        context.Tracks(name, a, b);
        BroadcastLayout layout = BroadcastLayout.For(a.Shape, b.Shape) ?? throw Errors.Shapes(name, a.Shape, b.Shape, "sizes must be equal or 1, aligned at the last dimension");
        Tensor result = context.Empty(layout.Shape, requiresGradient: false);
        context.Backend.Compare(comparison, layout, a.Data, b.Data, result.Data);
        return result;
    }
}
