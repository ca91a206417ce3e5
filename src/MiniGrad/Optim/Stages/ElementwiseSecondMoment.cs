using MiniGrad.Memory;
using MiniGrad.Optim.Stages;

namespace MiniGrad;

/// <summary>Divides every entry by the root of its second moment: V ← β₂V + (1−β₂)u²; u ← u/(√V+ε) or u/√max(V,ε) (AdaMuon).</summary>
/// <param name="Beta2">β₂.</param>
/// <param name="Rule">Which of the two.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="BiasCorrection">Whether V is divided by 1 − β₂ᵗ.</param>
public sealed record ElementwiseSecondMoment(double Beta2, RootRule Rule = RootRule.Divide, double Epsilon = 1e-8, bool BiasCorrection = false) : Stage
{
    /// <inheritdoc/>
    public override string Name => "elementwise-second-moment";

    /// <inheritdoc/>
    public override string Formula => $"V ← β₂V + (1−β₂)u²; {SecondMomentFormula.Division(Rule, Epsilon, BiasCorrection)}, β₂ = {Beta2}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => SecondMomentFormula.State(parameter, BiasCorrection);

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView moment = context.State(0), correction = BiasCorrection ? context.State(1) : default;
        if (BiasCorrection) context.Advance(Beta2, correction);
        BufferView update = context.Writable();
        context.Backend.DivideBySecondMoment(Beta2, Rule, Epsilon, context.Update, moment, correction, update, context.Gate);
        context.Replace(update);
    }
}
