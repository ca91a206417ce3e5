using MiniGrad.Optim.Stages;

namespace MiniGrad.Optim;

/// <summary>
/// Reads the options of a list of stages, so that text keys can change what a preset's function returned. Stages that no
/// key stands for stay where they are; a list in an order that no options compile to is kept whole.
/// </summary>
internal static class OptionReader
{
    public static OptimizerOptions Read(StageList stages)
    {
        var options = new OptimizerOptions { Kind = KindOf(stages), Template = stages };
        foreach (Stage stage in stages) options = Read(stage, options, orthogonalized: stages.TakeWhile(s => s != stage).Any(s => s is Orthogonalize));
        OptimizerOptions plain = options with { Template = [] };
        if (OptionStages.Of(plain).SequenceEqual(stages)) return plain;
        return OptionStages.Of(options).SequenceEqual(stages) ? options : new OptimizerOptions { Kind = OptimizerKind.Custom, Template = stages, WeightDecay = Decay.Of(stages) };
    }

    /// <summary>Whether options have a key for what a stage does.</summary>
    public static bool Knows(Stage stage) => stage is Momentum or Nesterov or SimplifiedAdEMAMix or Mask or Sign or Projection or TanhTransform or DualNormScale or Lion or AdamW or MaskedAdamW
        or ElementwiseSecondMoment or NeuronSecondMoment or ScalarSecondMoment or RmsAlign or ShapeScale or ExtraScale or L2Decay or UpdateWeights or HyperballUpdate or NamoUpdate
        or Orthogonalize { Method: NewtonSchulz or ExactPolar };

    private static OptimizerKind KindOf(StageList stages) =>
        stages.Find<Orthogonalize>() is not null ? OptimizerKind.Orthogonalized
        : stages.Any(stage => stage is AdamW or MaskedAdamW) ? OptimizerKind.AdamW
        : stages.Find<Lion>() is not null ? OptimizerKind.Lion : OptimizerKind.Sgd;

    private static OptimizerOptions Read(Stage stage, OptimizerOptions o, bool orthogonalized) => stage switch
    {
        Momentum m => o with { Momentum = m.Beta, MomentumForm = m.Form },
        Nesterov => o with { Nesterov = true },
        SimplifiedAdEMAMix mix => o with { SimplifiedAdEMAMix = mix.Alpha },
        Mask mask => o with { Mask = mask.Rule },
        Sign => o with { Sign = true },
        Projection projection => o with { Projection = projection.P },
        TanhTransform => o with { Transform = MomentumTransform.Tanh },
        Orthogonalize orthogonalize => o with { Orthogonalizer = OrthogonalizerOptions.Of(orthogonalize.Method) },
        DualNormScale dual => o with { DualNorm = true, DualNormClip = dual.Clip },
        ElementwiseSecondMoment v => o with { SecondMoment = SecondMoment.Elementwise, Beta2 = v.Beta2, SecondMomentRule = v.Rule, Epsilon = v.Epsilon, SecondMomentBiasCorrection = v.BiasCorrection, SecondMomentPlacement = orthogonalized ? SecondMomentPlacement.After : SecondMomentPlacement.Before },
        NeuronSecondMoment v => o with { SecondMoment = SecondMoment.Neuron, SecondMomentAxis = v.Axis, Beta2 = v.Beta2, SecondMomentRule = v.Rule, Epsilon = v.Epsilon, SecondMomentBiasCorrection = v.BiasCorrection },
        ScalarSecondMoment v => o with { SecondMoment = SecondMoment.Scalar, Beta2 = v.Beta2, SecondMomentRule = v.Rule, Epsilon = v.Epsilon, SecondMomentBiasCorrection = v.CorrectedMomentum is not null },
        RmsAlign align => o with { Scale = align.Rule, Epsilon = align.Epsilon },
        ShapeScale shape => o with { Scale = shape.Rule },
        ExtraScale extra => o with { ExtraScale = extra.Value },
        AdamW a => WithDecay(o, a.Decay) with { Beta1 = a.Beta1, Beta2 = a.Beta2, Epsilon = a.Epsilon },
        MaskedAdamW a => WithDecay(o, a.Decay) with { Beta1 = a.Beta1, Beta2 = a.Beta2, Epsilon = a.Epsilon, Mask = a.Rule },
        Lion lion => o with { Beta1 = lion.Beta1, Beta2 = lion.Beta2 },
        L2Decay l2 => o with { WeightDecay = l2.Rate, WeightDecayMethod = WeightDecayMethod.L2 },
        UpdateWeights update => WithDecay(o, update.Decay),
        HyperballUpdate update => WithDecay(o, update.Decay),
        NamoUpdate namo => o with { WeightDecay = namo.Rate, WeightDecayMethod = WeightDecayMethod.Namo },
        _ => o,
    };

    private static OptimizerOptions WithDecay(OptimizerOptions o, Decay decay) => o with { WeightDecay = decay.Rate, WeightDecayMethod = decay.Method, CautiousWeightDecay = decay.Cautious };
}
