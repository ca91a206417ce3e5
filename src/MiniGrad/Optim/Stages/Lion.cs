using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Lion's direction: u = sign(β₁M + (1−β₁)G), then M ← β₂M + (1−β₂)G (Chen et al. 2023, arXiv 2302.06675).</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
public sealed record Lion(double Beta1, double Beta2) : Stage
{
    /// <inheritdoc/>
    public override string Name => "lion";

    /// <inheritdoc/>
    public override string Formula => $"u = sign(β₁M + (1−β₁)G); M ← β₂M + (1−β₂)G, β₁ = {Beta1}, β₂ = {Beta2}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => [new("momentum", parameter)];

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView momentum = context.State(0), update = context.Writable();
        context.Backend.Axpby(1 - Beta1, context.GradientScale, context.Gradient, Beta1, momentum, update, gate: default);
        context.Backend.Unary(UnaryOperation.Sign, update, update);
        context.Backend.Axpby(1 - Beta2, context.GradientScale, context.Gradient, Beta2, momentum, momentum, context.Gate);
        context.Replace(update);
    }
}
