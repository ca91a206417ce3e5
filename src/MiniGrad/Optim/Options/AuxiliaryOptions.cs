using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>The optimizer of the parameters that are not orthogonalized: embeddings, the output head, vectors.</summary>
public sealed record AuxiliaryOptions
{
    /// <summary>AdamW or Lion.</summary>
    public AuxiliaryKind Preset { get; init; }

    /// <summary>The learning rate; null takes the main one.</summary>
    public double? LearningRate { get; init; }

    /// <summary>β₁; null takes the preset's, 0.9.</summary>
    public double? Beta1 { get; init; }

    /// <summary>β₂; null takes the preset's: 0.95 for AdamW, 0.99 for Lion.</summary>
    public double? Beta2 { get; init; }

    /// <summary>ε of AdamW; null takes the preset's, 1e-8.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The weight decay, always decoupled; null takes the main one. Vectors never decay.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>These options as an optimizer's.</summary>
    /// <param name="main">The options of the orthogonalized group.</param>
    internal OptimizerOptions Resolve(OptimizerOptions main)
    {
        OptimizerOptions preset = OptimizerOptions.FromPreset(OptionNames.Of(Preset));
        return preset with
        {
            LearningRate = LearningRate ?? main.LearningRate,
            Beta1 = Beta1 ?? preset.Beta1,
            Beta2 = Beta2 ?? preset.Beta2,
            Epsilon = Epsilon ?? preset.Epsilon,
            WeightDecay = WeightDecay ?? main.WeightDecay,
        };
    }
}
