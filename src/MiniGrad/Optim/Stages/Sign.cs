using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>The sign of every entry, 0 for 0 (AdaMuon, arXiv 2507.11005, Algorithm 1).</summary>
public sealed record Sign : Stage
{
    /// <inheritdoc/>
    public override string Name => "sign";

    /// <inheritdoc/>
    public override string Formula => "U ← sign(U), sign(0) = 0";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView update = context.Writable();
        context.Backend.Unary(UnaryOperation.Sign, context.Update, update);
        context.Replace(update);
    }
}
