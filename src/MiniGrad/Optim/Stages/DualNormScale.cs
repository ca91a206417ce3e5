using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Multiplies the update by ⟨U,O⟩ ≈ ‖U‖_*, U being what was orthogonalized: steepest descent under the spectral norm
/// (leloykun/adaptive-muon; PolarGrad). The step is then proportional to the gradient.
/// </summary>
/// <param name="Clip">An upper bound on ⟨U,O⟩, or null.</param>
public sealed record DualNormScale(double? Clip = null) : Stage
{
    /// <inheritdoc/>
    public override string Name => "dual-norm-scale";

    /// <inheritdoc/>
    public override string Formula => Clip is { } clip ? $"u ← min(⟨U,O⟩, {clip})·u" : "u ← ⟨U,O⟩·u";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView product = context.Scratch(1);
        context.Backend.Dot(context.Orthogonalized, context.Update, product);
        if (Clip is { } clip) context.Backend.Scalar(ScalarOperation.Clamp, double.NegativeInfinity, clip, product, product);
        context.MultiplyBy(product);
    }
}
