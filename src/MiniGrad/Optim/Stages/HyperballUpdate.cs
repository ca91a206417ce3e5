using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// A step on the sphere that the weight is on (hyperball optimization, Wen et al. 2025; MuonH and AdamH in
/// KellerJordan/modded-nanogpt, pull requests 267 and 272): <c>V = W − η·R·u/‖u‖; W ← R·V/‖V‖</c> with R = ‖W‖. The learning rate is
/// the angle of a step in radians, nearly, whatever the sizes of weight and update. A weight of zeros stays one.
/// </summary>
/// <param name="Decay">The weight decay before the step; what it takes from the norm is given back, so that it only makes steps larger.</param>
public sealed record HyperballUpdate(Decay Decay) : Stage
{
    private const double SmallestNorm = 1e-10;

    /// <summary>The step with a decoupled weight decay.</summary>
    /// <param name="weightDecay">λ.</param>
    public HyperballUpdate(double weightDecay = 0) : this(new Decay(weightDecay))
    {
    }

    /// <inheritdoc/>
    public override bool UpdatesWeights => true;

    /// <inheritdoc/>
    public override bool ForMatrices => true;

    /// <inheritdoc/>
    public override string Formula => $"V = {Decay.Formula} − η‖W‖u/‖u‖; W ← V‖W‖/‖V‖{Decay.Suffix}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView before = Remember(context), radius = context.Scratch(1);
        backend.Norm(context.Weight, radius);
        context.MultiplyBy(RadiusOver(context, radius, context.Norm()));
        double decay = context.Decays ? Decay.At(context.LearningRate) : 0;
        backend.ApplyUpdate(context.LearningRate * context.Factor, context.Scale, context.Update, decay, Decay.Cautious, context.Weight, context.Gate);
        BufferView norm = context.Scratch(1);
        backend.Norm(context.Weight, norm);
        backend.Axpby(1, RadiusOver(context, radius, norm), context.Weight, 0, default, context.Weight, context.Gate);
        if (!before.IsEmpty) ReportMove(context, before);
    }

    /// <summary>R/max(norm, 1e-10).</summary>
    private static BufferView RadiusOver(StageContext context, BufferView radius, BufferView norm)
    {
        BufferView inverse = context.Scratch(1);
        context.Backend.Scalar(ScalarOperation.DivideMax, 1, SmallestNorm, norm, inverse);
        return context.Product(radius, inverse);
    }

    private static BufferView Remember(StageContext context)
    {
        if (context.UpdateNorm.IsEmpty) return default;
        BufferView before = context.Scratch(context.Weight.Length);
        context.Backend.Copy(context.Weight, before);
        return before;
    }

    /// <summary>What the weight moved by over η is the update that is reported: the way back to the sphere is part of it.</summary>
    private static void ReportMove(StageContext context, BufferView before)
    {
        double rate = context.LearningRate > 0 ? 1 / context.LearningRate : 0;
        context.Backend.Axpby(-rate, default, context.Weight, rate, before, before, default);
        context.Restate(before);
        context.Report();
    }
}
