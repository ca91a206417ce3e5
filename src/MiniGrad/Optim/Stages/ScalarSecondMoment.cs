using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Gives the update the size of the momentum relative to the gradient's own: V ← β₂V + (1−β₂)‖G‖²; u ← α·u with
/// α = ‖U‖/(√V+ε) or ‖U‖/√max(V,ε), times √(1−β₂ᵗ)/(1−βᵗ) when corrected (NAMO, arXiv 2602.17080).
/// </summary>
/// <param name="Beta2">β₂.</param>
/// <param name="Rule">Which of the two.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="CorrectedMomentum">The momentum's β when the biases are corrected, else null.</param>
public sealed record ScalarSecondMoment(double Beta2, RootRule Rule = RootRule.Divide, double Epsilon = 1e-8, double? CorrectedMomentum = null) : Stage
{
    /// <inheritdoc/>
    public override string Name => "scalar-second-moment";

    /// <inheritdoc/>
    public override string Formula
    {
        get
        {
            string root = Rule == RootRule.Divide ? $"(√V + {Epsilon})" : $"√max(V, {Epsilon})";
            string correction = CorrectedMomentum is null ? "" : "√(1−β₂ᵗ)/(1−βᵗ)·";
            return $"V ← β₂V + (1−β₂)‖G‖²; u ← αu, α = {correction}‖U‖/{root}, β₂ = {Beta2}";
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter) => CorrectedMomentum is null
        ? [new("secondMoment", [])]
        : [new("secondMoment", []), new("secondMomentCorrection", []), new("momentumCorrection", [])];

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView moment = context.State(0), gradientNorm = context.Scratch(1), alpha = context.Scratch(1);
        backend.Norm(context.Gradient, gradientNorm);
        if (!context.GradientScale.IsEmpty) gradientNorm = context.Product(gradientNorm, context.GradientScale);
        backend.SecondMoment(Beta2, gradientNorm, moment, context.Gate);
        backend.Norm(context.Orthogonalized, alpha);
        backend.DivideByRoot(Rule, Epsilon, alpha, moment, default, alpha);
        if (CorrectedMomentum is { } beta)
        {
            context.Advance(Beta2, context.State(1));
            context.Advance(beta, context.State(2));
            BufferView root = context.Scratch(1);
            backend.Unary(UnaryOperation.Sqrt, context.State(1), root);
            alpha = context.Quotient(context.Product(alpha, root), context.State(2));
        }
        context.MultiplyBy(alpha);
    }
}
