using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Adam's direction as the update, for stages behind it: u = m̂/(√v̂+ε), both moments bias-corrected (Kingma and Ba 2015). <see cref="AdamW"/> is a whole step.</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
public sealed record Adam(double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8) : Stage
{
    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override string Formula => $"m ← β₁m + (1−β₁)G; v ← β₂v + (1−β₂)G²; u = m̂/(√v̂ + {Epsilon}), β₁ = {Beta1}, β₂ = {Beta2}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => Moments(parameter);

    /// <summary>Both moments and their corrections, which AdamW keeps, too.</summary>
    internal static IReadOnlyList<StateSchema> Moments(Shape parameter) =>
        [new("momentum", parameter), new("secondMoment", parameter), new("momentumCorrection", []), new("secondMomentCorrection", [])];

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView momentum = context.State(0), moment = context.State(1), correction1 = context.State(2), correction2 = context.State(3);
        context.Advance(Beta1, correction1);
        context.Advance(Beta2, correction2);
        context.Backend.Axpby(1 - Beta1, context.GradientScale, context.Gradient, Beta1, momentum, momentum, context.Gate);
        BufferView update = context.Writable();
        context.Backend.Axpby(1, context.GradientScale, context.Gradient, 0, default, update, default);
        context.Backend.SecondMoment(Beta2, update, moment, context.Gate);
        context.Backend.DivideByRoot(RootRule.Divide, Epsilon, momentum, moment, correction2, update);
        context.Replace(update);
        context.MultiplyBy(context.Quotient(context.One, correction1));
    }
}
