using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Between sign (p = 1) and identity (p = 2): <c>U ← sign(U)|U|^(p−1) / ‖U‖_p^(p−1)</c>, the dual vector of the p-norm
/// (adv_optm's κ_p). Zero stays zero.
/// </summary>
/// <param name="P">p, in (1, 2].</param>
public sealed record Projection(double P) : Stage
{
    /// <inheritdoc/>
    public override string Name => "projection";

    /// <inheritdoc/>
    public override string Formula => $"U ← sign(U)|U|^(p−1)/‖U‖_p^(p−1), p = {P}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView u = context.Update, unit = context.Scratch(u.Length), power = context.Scratch(u.Length), factor = context.Scratch(1), update = context.Writable();
        BroadcastLayout whole = BroadcastLayout.For([context.Rows, context.Columns], [context.Rows, context.Columns])!.Value;

        // The result does not depend on the scale of U, so take it at ‖U‖₂ = 1, where no power leaves the range of float32.
        backend.Norm(u, factor);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 0, factor, factor);
        if (P == 2)
        {
            backend.Axpby(1, factor, u, 0, default, update, gate: default);
            context.Replace(update);
            return;
        }
        backend.Axpby(1, factor, u, 0, default, unit, gate: default);
        backend.Unary(UnaryOperation.Sign, unit, update);
        backend.Binary(BinaryOperation.Multiply, whole, unit, update, unit, accumulate: false);
        backend.Unary(UnaryOperation.Log, unit, power);
        backend.Axpby(P - 1, default, power, 0, default, power, gate: default);
        backend.Unary(UnaryOperation.Exp, power, power);
        backend.Binary(BinaryOperation.Multiply, whole, power, update, update, accumulate: false);

        // Σ|u|^p ≥ Σ|u|² = 1, but for zero.
        backend.Dot(unit, power, factor);
        backend.Scalar(ScalarOperation.Clamp, 1, double.MaxValue, factor, factor);
        backend.Unary(UnaryOperation.Log, factor, factor);
        backend.Scalar(ScalarOperation.Affine, -(P - 1) / P, 0, factor, factor);
        backend.Unary(UnaryOperation.Exp, factor, factor);
        backend.Axpby(1, factor, update, 0, default, update, gate: default);
        context.Replace(update);
    }
}
