using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Keeps the part of the update that agrees with the gradient: <c>U ← U⊙mask/max(mean(mask), 10⁻³)</c> with mask = 1[U⊙G > 0]
/// (cautious, arXiv 2411.16085), or <c>U ← sign(G)⊙|U|</c> (Grams, arXiv 2412.17107).
/// </summary>
/// <param name="Rule">Which of the two.</param>
public sealed record Mask(UpdateMask Rule) : Stage
{
    private const double SmallestMean = 1e-3;

    /// <inheritdoc/>
    public override string Name => "mask";

    /// <inheritdoc/>
    public override string Formula => Rule == UpdateMask.Grams ? "U ← sign(G)⊙|U|" : "mask = 1[U⊙G > 0]; U ← U⊙mask/max(mean(mask), 0.001)";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView u = context.Update, agreement = context.Scratch(u.Length), signs = context.Scratch(u.Length), update = context.Writable();
        BroadcastLayout whole = BroadcastLayout.For([context.Rows, context.Columns], [context.Rows, context.Columns])!.Value;

        // Of signs, since the product of two small numbers could underflow to 0.
        backend.Unary(UnaryOperation.Sign, context.Gradient, agreement);
        backend.Unary(UnaryOperation.Sign, u, signs);
        backend.Binary(BinaryOperation.Multiply, whole, agreement, signs, agreement, accumulate: false);
        if (Rule == UpdateMask.Cautious)
        {
            BufferView factor = context.Scratch(1);
            backend.Unary(UnaryOperation.Relu, agreement, agreement);
            backend.Dot(agreement, agreement, factor);
            backend.Scalar(ScalarOperation.Affine, 1.0 / u.Length, 0, factor, factor);
            backend.Scalar(ScalarOperation.DivideMax, 1, SmallestMean, factor, factor);
            backend.Axpby(1, factor, agreement, 0, default, agreement, gate: default);
        }
        backend.Binary(BinaryOperation.Multiply, whole, u, agreement, update, accumulate: false);
        context.Replace(update);
    }
}
