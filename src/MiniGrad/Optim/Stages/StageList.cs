namespace MiniGrad.Optim.Stages;

/// <summary>Compiles options to stages. Removing, replacing or moving a stage is all that an ablation does.</summary>
internal static class StageList
{
    public static Stage[] Of(OptimizerOptions o)
    {
        var stages = new List<Stage>();
        var decay = new Decay(o.WeightDecay, o.WeightDecayMethod, o.CautiousWeightDecay);
        if (decay.Method == WeightDecayMethod.L2 && decay.Rate > 0) stages.Add(new L2Decay(decay.Rate));
        switch (o.Kind)
        {
            case OptimizerKind.AdamW:
                stages.Add(new AdamW(o.Beta1, o.EffectiveBeta2, o.Epsilon, decay));
                return [.. stages];
            case OptimizerKind.Lion:
                stages.Add(new Lion(o.Beta1, o.EffectiveBeta2));
                break;
            case OptimizerKind.Sgd:
                AddMomentum(o, stages);
                break;
            default:
                AddMomentum(o, stages);
                AddOrthogonalization(o, stages);
                AddScale(o, stages);
                break;
        }
        stages.Add(decay.Method == WeightDecayMethod.Namo ? new NamoUpdate(decay.Rate) : new UpdateWeights(decay));
        return [.. stages];
    }

    private static void AddMomentum(OptimizerOptions o, List<Stage> stages)
    {
        stages.Add(new Momentum(o.Momentum, o.MomentumForm));
        if (o.Nesterov) stages.Add(new Nesterov(o.Momentum, o.MomentumForm));
    }

    private static void AddOrthogonalization(OptimizerOptions o, List<Stage> stages)
    {
        bool before = o.SecondMomentPlacement == SecondMomentPlacement.Before;
        if (o.Sign) stages.Add(new Sign());
        if (before) AddSecondMoment(o, stages);
        stages.Add(new Orthogonalize(o.Orthogonalizer.Build()));
        if (o.DualNorm) stages.Add(new DualNormScale(o.DualNormClip));
        if (!before) AddSecondMoment(o, stages);
    }

    private static void AddSecondMoment(OptimizerOptions o, List<Stage> stages)
    {
        double beta2 = o.EffectiveBeta2;
        bool corrected = o.SecondMomentBiasCorrection;
        switch (o.SecondMoment)
        {
            case SecondMoment.Elementwise:
                stages.Add(new ElementwiseSecondMoment(beta2, o.SecondMomentRule, o.Epsilon, corrected));
                break;
            case SecondMoment.Neuron:
                stages.Add(new NeuronSecondMoment(o.SecondMomentAxis, beta2, o.SecondMomentRule, o.Epsilon, corrected));
                break;
            case SecondMoment.Scalar:
                stages.Add(new ScalarSecondMoment(beta2, o.SecondMomentRule, o.Epsilon, corrected ? o.Momentum : null));
                break;
        }
    }

    private static void AddScale(OptimizerOptions o, List<Stage> stages)
    {
        if (o.Scale is Scale.RmsAlign or Scale.RmsAlignMin or Scale.UnitNormMatch) stages.Add(new RmsAlign(o.Scale, o.Epsilon));
        else if (o.Scale != Scale.None) stages.Add(new ShapeScale(o.Scale));
        if (o.ExtraScale != 1) stages.Add(new ExtraScale(o.ExtraScale));
    }
}
