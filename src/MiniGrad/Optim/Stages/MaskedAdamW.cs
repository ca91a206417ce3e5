using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>AdamW whose momentum is masked by the gradient before it is divided: W ← (1−ηλ)W − η·mask(m̂)/(√v̂+ε).</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Decay">The weight decay.</param>
/// <param name="Rule">The mask.</param>
public sealed record MaskedAdamW(double Beta1, double Beta2, double Epsilon, Decay Decay, UpdateMask Rule) : Stage
{
    private readonly Mask _mask = new(Rule);
    private readonly UpdateWeights _update = new(Decay);

    /// <inheritdoc/>
    public override bool UpdatesWeights => true;

    /// <inheritdoc/>
    public override string Name => "masked-adamw";

    /// <inheritdoc/>
    public override string Formula => $"m ← β₁m + (1−β₁)G; v ← β₂v + (1−β₂)G²; U = m; {_mask.Formula}; W ← {Decay.Formula} − η·(U/(1−β₁ᵗ))/(√v̂ + {Epsilon}), β₁ = {Beta1}, β₂ = {Beta2}{Decay.Suffix}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => new AdamW(Beta1, Beta2, Epsilon, Decay).State(parameter);

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView momentum = context.State(0), moment = context.State(1), correction1 = context.State(2), correction2 = context.State(3), gradient = context.Gradient;
        context.Advance(Beta1, correction1);
        context.Advance(Beta2, correction2);
        backend.Axpby(1 - Beta1, context.GradientScale, gradient, Beta1, momentum, momentum, context.Gate);
        if (!context.GradientScale.IsEmpty)
        {
            gradient = context.Scratch(gradient.Length);
            backend.Axpby(1, context.GradientScale, context.Gradient, 0, default, gradient, gate: default);
        }
        backend.SecondMoment(Beta2, gradient, moment, context.Gate);

        context.ReplaceByState(momentum);
        _mask.Apply(context);
        BufferView update = context.Writable();
        backend.DivideByRoot(RootRule.Divide, Epsilon, context.Update, moment, correction2, update);
        context.Replace(update);
        BufferView inverse = context.Scratch(1);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 0, correction1, inverse);
        context.MultiplyBy(inverse);
        _update.Apply(context);
    }
}
