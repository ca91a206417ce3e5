using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// NAMO's bounded step and decay: W ← (1 − λ·min(ηα, 1))W − min(ηα·f, 1)·O, with α the computed factor of the update and
/// f the constant one (arXiv 2602.17080).
/// </summary>
/// <param name="Rate">λ.</param>
public sealed record NamoUpdate(double Rate) : Stage
{
    /// <inheritdoc/>
    public override bool UpdatesWeights => true;

    /// <inheritdoc/>
    public override string Name => "namo-update";

    /// <inheritdoc/>
    public override string Formula => $"W ← (1 − λ·min(ηα, 1))W − min(ηα·f, 1)·O, f the shape's factor, λ = {Rate}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView share = context.Scratch(1), step = context.Scratch(1), weight = context.Weight;
        backend.Scalar(ScalarOperation.Affine, context.LearningRate, 0, context.Scale, share);
        backend.Scalar(ScalarOperation.Affine, context.Factor, 0, share, step);
        backend.Scalar(ScalarOperation.Clamp, 0, 1, share, share);
        backend.Scalar(ScalarOperation.Clamp, 0, 1, step, step);
        context.Report();
        if (context.Decays) backend.Axpby(-Rate, share, weight, 1, weight, weight, context.Gate);
        backend.Axpby(-1, step, context.Update, 1, weight, weight, context.Gate);
    }
}
