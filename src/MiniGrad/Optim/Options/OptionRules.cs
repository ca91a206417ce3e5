namespace MiniGrad.Optim;

/// <summary>What option values and combinations are possible.</summary>
internal static class OptionRules
{
    public static void Check(OptimizerOptions o)
    {
        AtLeastZero("learningRate", o.LearningRate ?? 0);
        AtLeastZero("weightDecay", o.WeightDecay);
        Fraction("momentum", o.Momentum);
        Fraction("beta1", o.Beta1);
        Fraction("beta2", o.EffectiveBeta2);
        AtLeastZero("epsilon", o.Epsilon);
        Positive("extraScale", o.ExtraScale);
        if (o.DualNormClip is { } clip) Positive("dualNormClip", clip);
        if (o.QkClip is { } bound) Positive("qkClip", bound);
        CheckAuxiliary(o.Auxiliary);
        CheckTransforms(o);
        CheckCombinations(o);
        if (o.Orthogonalizes) CheckOrthogonalizer(o.Orthogonalizer);
    }

    private static void CheckAuxiliary(AuxiliaryOptions a)
    {
        AtLeastZero("auxiliary.learningRate", a.LearningRate ?? 0);
        AtLeastZero("auxiliary.weightDecay", a.WeightDecay ?? 0);
        Fraction("auxiliary.beta1", a.Beta1 ?? 0);
        Fraction("auxiliary.beta2", a.Beta2 ?? 0);
        AtLeastZero("auxiliary.epsilon", a.Epsilon ?? 0);
    }

    private static void CheckOrthogonalizer(OrthogonalizerOptions o)
    {
        if (o.Steps is < 1 or > 99) throw Impossible("orthogonalizer.steps", o.Steps, "a whole number from 1 to 99");
        AtLeastZero("orthogonalizer.epsilon", o.Epsilon);
        if (o.Method == OrthogonalizationMethod.NewtonSchulz) o.Coefficients.Check(o.Steps);
    }

    private static void CheckTransforms(OptimizerOptions o)
    {
        if (o.SimplifiedAdEMAMix is { } alpha)
        {
            AtLeastZero("simplifiedAdEMAMix", alpha);
            Refuse(o.Nesterov, "simplifiedAdEMAMix stands in the place of Nesterov; leave nesterov out or set it to false");
            Refuse(o.MomentumForm != MomentumForm.Accumulate, "simplifiedAdEMAMix mixes the gradient into accumulated momentum; leave momentumForm out or set it to 'accumulate'");
        }
        if (o.Projection is { } p && !(p >= 1 && p <= 2)) throw Impossible("projection", p, "null or a number in [1, 2]");
        bool tanh = o.Transform == MomentumTransform.Tanh;
        Refuse(o.Projection is not null && tanh, "projection and transform both stand in the place of sign; use one of them");
        Refuse(o.Sign && o.Projection is not null, "sign and projection stand in the same place; leave sign out (projection 1 is the sign)");
        Refuse(o.Sign && tanh, "sign and transform 'tanh' stand in the same place; leave sign out");
        bool onlySigns = o.Sign || o.Projection == 1 || o.Kind == OptimizerKind.Lion;
        Refuse(o.Mask == UpdateMask.Grams && onlySigns, "mask 'grams' before a sign leaves the gradient's signs and nothing of the momentum; use 'cautious'");
        Refuse(o.StateType == StateType.Bfloat16 && o.Factored == FactoredState.Both, "stateType 'bfloat16' with factored 'both' has nothing to round: factors stay float32; use one of them");
    }

    private static void CheckCombinations(OptimizerOptions o)
    {
        if (o.Kind == OptimizerKind.Custom) return;
        if (o.Kind == OptimizerKind.AdamW)
        {
            Refuse(o.CautiousWeightDecay, "cautiousWeightDecay is not available with adamw; use it with muon, lion or sgd");
            Refuse(o.WeightDecayMethod == WeightDecayMethod.Namo, "weightDecayMethod 'namo' needs secondMoment 'scalar'; use 'decoupled' with adamw");
            return;
        }
        bool before = o.SecondMomentPlacement == SecondMomentPlacement.Before && o.SecondMoment != SecondMoment.None;
        Refuse(before && o.SecondMoment != SecondMoment.Elementwise, $"secondMomentPlacement 'before' needs secondMoment 'elementwise', not '{OptionNames.Of(o.SecondMoment)}'");
        bool scalar = o.SecondMoment == SecondMoment.Scalar;
        Refuse(scalar && o.WeightDecayMethod == WeightDecayMethod.L2, "secondMoment 'scalar' with weightDecayMethod 'l2': the decay would count as gradient in ‖G‖²; use 'decoupled'");
        Refuse(scalar && o.SecondMomentBiasCorrection && o.MomentumForm != MomentumForm.Ema, "secondMomentBiasCorrection with secondMoment 'scalar' corrects an averaged momentum; use momentumForm 'ema'");
        if (o.WeightDecayMethod != WeightDecayMethod.Namo) return;
        Refuse(!scalar, "weightDecayMethod 'namo' needs secondMoment 'scalar', whose α it uses; use 'decoupled'");
        Refuse(o.CautiousWeightDecay, "cautiousWeightDecay is not defined for weightDecayMethod 'namo'; use 'decoupled'");
        Refuse(o.DualNorm, "dualNorm with weightDecayMethod 'namo' would change its α; use 'decoupled'");
        Refuse(o.Scale is ScaleRule.RmsAlign or ScaleRule.RmsAlignMin or ScaleRule.UnitNormMatch, $"scale '{OptionNames.Of(o.Scale)}' cancels the α that weightDecayMethod 'namo' uses; use 'match-rms-adamw'");
    }

    private static void Fraction(string key, double value)
    {
        if (!(value >= 0 && value < 1)) throw Impossible(key, value, "a number in [0, 1)");
    }

    private static void AtLeastZero(string key, double value)
    {
        if (!(value >= 0 && double.IsFinite(value))) throw Impossible(key, value, "a finite number ≥ 0");
    }

    private static void Positive(string key, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) throw Impossible(key, value, "a finite number > 0");
    }

    private static void Refuse(bool condition, string message)
    {
        if (condition) throw new ArgumentException(message);
    }

    private static ArgumentException Impossible(string key, double value, string expected) => new($"{key} is {value}; expected {expected}");
}
