using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Mixes the gradient into the accumulated momentum, in the place of Nesterov: U = M + αG (adv_optm's Simplified_AdEMAMix).</summary>
/// <param name="Alpha">α.</param>
public sealed record SimplifiedAdEMAMix(double Alpha) : Stage
{
    /// <inheritdoc/>
    public override string Name => "simplified-ademamix";

    /// <inheritdoc/>
    public override string Formula => $"U = M + αG, α = {Alpha}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView update = context.Writable();
        context.Backend.Axpby(Alpha, context.GradientScale, context.Gradient, 1, context.Update, update, gate: default);
        context.Replace(update);
    }
}
