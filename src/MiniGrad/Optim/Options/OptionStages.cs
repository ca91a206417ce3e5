namespace MiniGrad.Optim.Stages;

/// <summary>Compiles options to stages. Removing, replacing or moving a stage is all that an ablation does.</summary>
internal static class OptionStages
{
    // A matrix of sizes that no smaller state has.
    private static readonly Shape Probe = [5, 7];

    public static StageList Of(OptimizerOptions o) => o.StageSettings.Apply(o.Kind == OptimizerKind.Custom
        ? [.. o.Template.Select(stage => Decay.With(stage, o.WeightDecay))]
        : [.. WithTheirOwn(o, Plain(o)).Select(stage => WithFormats(o, stage))]);

    /// <summary>Puts the stages that no key stands for where the preset's function has them: behind the stage before them, or the nearest one that is left.</summary>
    private static List<Stage> WithTheirOwn(OptimizerOptions o, List<Stage> stages)
    {
        for (int i = 0; i < o.Template.Count; i++)
        {
            if (OptionReader.Knows(o.Template[i])) continue;
            int at = 0;
            for (int before = i - 1; before >= 0 && at == 0; before--) at = stages.FindLastIndex(stage => stage.GetType() == o.Template[before].GetType()) + 1;
            stages.Insert(at, o.Template[i]);
        }
        return stages;
    }

    private static List<Stage> Plain(OptimizerOptions o)
    {
        var stages = new List<Stage>();
        var decay = new Decay(o.WeightDecay, o.WeightDecayMethod, o.CautiousWeightDecay);
        if (decay.Method == WeightDecayMethod.L2 && decay.Rate > 0) stages.Add(new L2Decay(decay.Rate));
        switch (o.Kind)
        {
            case OptimizerKind.AdamW:
                stages.Add(o.Mask == UpdateMask.None ? new AdamW(o.Beta1, o.EffectiveBeta2, o.Epsilon, decay) : new MaskedAdamW(o.Beta1, o.EffectiveBeta2, o.Epsilon, decay, o.Mask));
                return stages;
            case OptimizerKind.Lion:
                stages.Add(new Lion(o.Beta1, o.EffectiveBeta2));
                if (o.Mask != UpdateMask.None) stages.Add(new Mask(o.Mask));
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
        stages.Add(decay.Method == WeightDecayMethod.Namo ? new NamoUpdate(decay.Rate) : o.Template.Find<HyperballUpdate>() is not null ? new HyperballUpdate(decay) : new UpdateWeights(decay));
        return stages;
    }

    private static void AddMomentum(OptimizerOptions o, List<Stage> stages)
    {
        stages.Add(new Momentum(o.Momentum, o.MomentumForm));
        if (o.Nesterov) stages.Add(new Nesterov(o.Momentum, o.MomentumForm));
        if (o.SimplifiedAdEMAMix is { } alpha) stages.Add(new SimplifiedAdEMAMix(alpha));
        if (o.Mask != UpdateMask.None) stages.Add(new Mask(o.Mask));
    }

    private static void AddOrthogonalization(OptimizerOptions o, List<Stage> stages)
    {
        bool before = o.SecondMomentPlacement == SecondMomentPlacement.Before;
        if (o.Sign || o.Projection == 1) stages.Add(new Sign());
        else if (o.Projection is { } p) stages.Add(new Projection(p));
        if (o.Transform == MomentumTransform.Tanh) stages.Add(new TanhTransform());
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
        if (o.Scale is ScaleRule.RmsAlign or ScaleRule.RmsAlignMin or ScaleRule.UnitNormMatch) stages.Add(new RmsAlign(o.Scale, o.Epsilon));
        else if (o.Scale != ScaleRule.None) stages.Add(new ShapeScale(o.Scale));
        if (o.ExtraScale != 1) stages.Add(new ExtraScale(o.ExtraScale));
    }

    private static Stage WithFormats(OptimizerOptions o, Stage stage)
    {
        StateFormat type = o.StateType == StateType.Bfloat16 ? StateFormat.Bfloat16 : StateFormat.Float32;
        StateFormat Of(string name, bool factored) =>
            !stage.State(Probe).Any(schema => schema.Name == name && schema.Shape.Count == Probe.Count) ? StateFormat.Float32 : factored ? StateFormat.Factored : type;
        return stage with { Formats = new StateFormats(Of("momentum", o.Factored == FactoredState.Both), Of("secondMoment", o.Factored != FactoredState.None)) };
    }
}
