using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Accumulates gradients: M ← βM + (1−β)G, or M ← βM + G; the update is M.</summary>
/// <param name="Beta">β.</param>
/// <param name="Form">Which of the two.</param>
public sealed record Momentum(double Beta, MomentumForm Form = MomentumForm.Ema) : Stage
{
    /// <inheritdoc/>
    public override string Name => "momentum";

    /// <inheritdoc/>
    public override string Formula => $"M ← βM + {(Form == MomentumForm.Ema ? "(1−β)G" : "G")}; U = M, β = {Beta}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => [new("momentum", parameter)];

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView momentum = context.State(0);
        double weight = Form == MomentumForm.Ema ? 1 - Beta : 1;
        context.Backend.Axpby(weight, context.GradientScale, context.Gradient, Beta, momentum, momentum, context.Gate);
        context.ReplaceByState(momentum);
    }

    /// <inheritdoc/>
    internal override int ApplyWith(ReadOnlySpan<Stage> following, StageContext context)
    {
        bool looksAhead = following is [Nesterov ahead, ..] && ahead.Beta == Beta && ahead.Form == Form;
        bool signs = following[(looksAhead ? 1 : 0)..] is [Sign, ..];
        if (!looksAhead && !signs) return 0;
        BufferView update = context.Scratch(context.Gradient.Length), momentum = context.State(0);
        double weight = Form == MomentumForm.Ema ? 1 - Beta : 1;
        if (signs) context.Backend.SignedMomentum(weight, context.GradientScale, context.Gradient, Beta, momentum, looksAhead, update, context.Gate);
        else context.Backend.MomentumLookAhead(weight, context.GradientScale, context.Gradient, Beta, momentum, update, context.Gate);
        context.Replace(update);
        return looksAhead && signs ? 2 : 1;
    }
}
