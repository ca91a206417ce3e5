using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Weight decay as part of the gradient: G ← G + λW, before the momentum; the gradient itself is not modified.</summary>
/// <param name="Rate">λ.</param>
public sealed record L2Decay(double Rate) : Stage
{
    /// <inheritdoc/>
    public override string Name => "l2-decay";

    /// <inheritdoc/>
    public override string Formula => $"G ← G + λW, λ = {Rate}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        if (!context.Decays) return;
        BufferView gradient = context.Scratch(context.Weight.Length);
        context.Backend.Axpby(1, context.GradientScale, context.Gradient, Rate, context.Weight, gradient, gate: default);
        context.ReplaceGradient(gradient);
    }
}
