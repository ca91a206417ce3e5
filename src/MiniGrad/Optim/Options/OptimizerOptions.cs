using MiniGrad.Optim;
using MiniGrad.Optim.Stages;

namespace MiniGrad;

/// <summary>
/// An optimizer as data: a preset's switches with changes on top. Equal options compile to equal stage lists and the
/// same bits. Make one with <see cref="FromPreset"/>, change it with <c>with</c> or <see cref="With(string, string)"/>.
/// </summary>
public sealed partial record OptimizerOptions
{
    /// <summary>The preset that the options started from; it names them and decides nothing.</summary>
    public string Preset { get; internal init; } = "muon";

    /// <summary>The family; a preset decides.</summary>
    public OptimizerKind Kind { get; internal init; }

    /// <summary>The preset's own list where it has stages that no key stands for, or is in an order that no keys give; else empty.</summary>
    internal StageList Template { get; init; } = [];

    /// <summary>Settings of stages that have no key of their own.</summary>
    internal StageSettings StageSettings { get; init; } = StageSettings.None;

    /// <summary>The learning rate η, which a schedule scales; required before the options can be used.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The weight decay λ.</summary>
    public double WeightDecay { get; init; }

    /// <summary>How the weight decay enters.</summary>
    public WeightDecayMethod WeightDecayMethod { get; init; }

    /// <summary>Whether only entries whose update and weight have the same sign decay (arXiv 2510.12402).</summary>
    public bool CautiousWeightDecay { get; init; }

    /// <summary>The momentum β.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>How gradients accumulate in the momentum.</summary>
    public MomentumForm MomentumForm { get; init; }

    /// <summary>Whether the update looks ahead: (1−β)G + βM, or G + βM when accumulated.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Whether the sign of the momentum is orthogonalized (AdaMuon).</summary>
    public bool Sign { get; init; }

    /// <summary>How matrices are orthogonalized.</summary>
    public OrthogonalizerOptions Orthogonalizer { get; init; } = new();

    /// <summary>Whether the update is multiplied by ⟨U,O⟩, U being what was orthogonalized.</summary>
    public bool DualNorm { get; init; }

    /// <summary>An upper bound on ⟨U,O⟩, or null.</summary>
    public double? DualNormClip { get; init; }

    /// <summary>The second moment.</summary>
    public SecondMoment SecondMoment { get; init; }

    /// <summary>What one entry of a neuron second moment stands for.</summary>
    public SecondMomentAxis SecondMomentAxis { get; init; }

    /// <summary>How the second moment divides: by √V + ε, or by √max(V, ε).</summary>
    public RootRule SecondMomentRule { get; init; }

    /// <summary>Where an elementwise second moment acts.</summary>
    public SecondMomentPlacement SecondMomentPlacement { get; init; }

    /// <summary>Whether the second moment is divided by 1 − β₂ᵗ.</summary>
    public bool SecondMomentBiasCorrection { get; init; }

    /// <summary>Decay β₂ of the second moment; null takes the momentum's β, as AdaMuon does.</summary>
    public double? Beta2 { get; init; } = 0.95;

    /// <summary>ε of the second moment and of the norm-based scales.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The factor that gives an update its size.</summary>
    public ScaleRule Scale { get; init; }

    /// <summary>One more constant factor of the update.</summary>
    public double ExtraScale { get; init; } = 1;

    /// <summary>β₁ of AdamW and Lion.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The optimizer of the parameters that are not orthogonalized.</summary>
    public AuxiliaryOptions Auxiliary { get; init; } = new();

    /// <summary>α of the mix U = M + αG in the place of Nesterov, with accumulated momentum (adv_optm's Simplified_AdEMAMix), or null.</summary>
    public double? SimplifiedAdEMAMix { get; init; }

    /// <summary>Which part of the momentum goes on: all, or what agrees with the gradient.</summary>
    public UpdateMask Mask { get; init; }

    /// <summary>p in [1, 2] of sign(U)|U|^(p−1), normalized, in the place of the sign (adv_optm's κ_p), or null.</summary>
    public double? Projection { get; init; }

    /// <summary>What is done to the momentum in the place of the sign.</summary>
    public MomentumTransform Transform { get; init; }

    /// <summary>Which state is kept factored.</summary>
    public FactoredState Factored { get; init; }

    /// <summary>The number format of the state.</summary>
    public StateType StateType { get; init; }

    /// <summary>The β₂ in force.</summary>
    public double EffectiveBeta2 => Beta2 ?? Momentum;

    /// <summary>Whether matrices are orthogonalized at all.</summary>
    public bool Orthogonalizes => Kind == OptimizerKind.Orthogonalized || Template.Orthogonalizes;

    /// <summary>The keys that options have as text, in the order of the documentation.</summary>
    public static IEnumerable<string> Keys => OptionKey.All.Select(key => key.Name).Prepend("preset");

    /// <summary>The options of a preset, with the learning rate still to be set.</summary>
    /// <param name="name">The preset's name, such as <c>adamuon</c>.</param>
    /// <exception cref="ArgumentException">There is no such preset; the message names the nearest.</exception>
    public static OptimizerOptions FromPreset(string name) => Presets.Get(name).Options;

    /// <summary>The stages of a step, in order; equal options give equal lists.</summary>
    /// <exception cref="ArgumentException">A value or a combination is impossible.</exception>
    public StageList Compile()
    {
        Validate();
        return OptionStages.Of(this);
    }

    /// <summary>The options of the auxiliary group: AdamW or Lion, for the parameters that are not orthogonalized. Where nothing is, these options themselves.</summary>
    public OptimizerOptions AuxiliaryGroup() => Orthogonalizes ? Auxiliary.Resolve(this) : this;

    /// <summary>Checks every value and combination.</summary>
    /// <exception cref="ArgumentException">One is impossible; the message is one line and says what is allowed.</exception>
    public void Validate() => OptionRules.Check(this);
}
