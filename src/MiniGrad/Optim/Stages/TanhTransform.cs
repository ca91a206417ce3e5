using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>A soft sign: U ← tanh(U/RMS(U)), RMS the root mean square of the entries. Zero stays zero.</summary>
public sealed record TanhTransform : Stage
{
    /// <inheritdoc/>
    public override string Name => "tanh";

    /// <inheritdoc/>
    public override string Formula => "U ← tanh(U/RMS(U))";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView factor = context.Scratch(1), u = context.Update, update = context.Writable();
        backend.Norm(u, factor);
        backend.Scalar(ScalarOperation.DivideAdd, Math.Sqrt(u.Length), 0, factor, factor);
        backend.Axpby(1, factor, u, 0, default, update, gate: default);
        backend.Unary(UnaryOperation.Tanh, update, update);
        context.Replace(update);
    }
}
