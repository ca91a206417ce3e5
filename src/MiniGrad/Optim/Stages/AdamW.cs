using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>A whole AdamW step in one pass: W ← (1−ηλ)W − η·m̂/(√v̂+ε), both moments bias-corrected (Loshchilov and Hutter 2019).</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Decay">The weight decay.</param>
public sealed record AdamW(double Beta1, double Beta2, double Epsilon, Decay Decay) : Stage
{
    /// <inheritdoc/>
    public override bool UpdatesWeights => true;

    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <inheritdoc/>
    public override string Formula => $"m ← β₁m + (1−β₁)G; v ← β₂v + (1−β₂)G²; W ← {Decay.Formula} − η·m̂/(√v̂ + {Epsilon}), β₁ = {Beta1}, β₂ = {Beta2}{Decay.Suffix}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => Adam.Moments(parameter);

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView momentum = context.State(0), moment = context.State(1), correction1 = context.State(2), correction2 = context.State(3);
        context.Advance(Beta1, correction1);
        context.Advance(Beta2, correction2);
        double decay = context.Decays ? Decay.At(context.LearningRate) : 0;
        var call = new AdamWCall(context.LearningRate, Beta1, Beta2, Epsilon, decay);
        context.Backend.AdamW(call, context.Gradient, context.GradientScale, momentum, moment, correction1, correction2, context.Weight, context.Gate);
        if (context.UpdateNorm.IsEmpty) return;
        BufferView update = context.Writable();
        context.Backend.DivideByRoot(RootRule.Divide, Epsilon, momentum, moment, correction2, update);
        context.Replace(update);
        context.Report(correction1);
    }
}
