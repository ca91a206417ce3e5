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
    internal override bool ApplyWith(Stage next, StageContext context)
    {
        if (next is not Nesterov ahead || ahead.Beta != Beta || ahead.Form != Form) return false;
        BufferView update = context.Scratch(context.Gradient.Length);
        double weight = Form == MomentumForm.Ema ? 1 - Beta : 1;
        context.Backend.MomentumLookAhead(weight, context.GradientScale, context.Gradient, Beta, context.State(0), update, context.Gate);
        context.Replace(update);
        return true;
    }
}
