namespace MiniGrad;

/// <content>AdaMuon, and what other implementations call by that name.</content>
public static partial class Presets
{
    private static Preset[] AdaMuonFamily =>
    [
        New("adamuon", "Si et al., arXiv 2507.11005, Algorithm 1", "The sign of the momentum is orthogonalized, divided by the root of an elementwise second moment with the momentum's own β, and aligned to a root mean square of 0.2.", AdaMuon()).WithOptions(o => o with { Beta2 = null }),
        New("adamuon-repo", "Chongjie-Si/AdaMuon, GPT-2 code (adv_optm's AdaMuon_adv is the same rule)", "The authors' code: as the paper, with averaged momentum and Nesterov.", AdaMuonRepo()).WithOptions(o => o with { Beta2 = null }),
        New("adamuon-v1", "Chongjie-Si/AdaMuon, July 2025", "The first version: no sign, Nesterov, β₂ of its own, bias-corrected.", AdaMuonV1()),
        New("adamuon-blagpt", "the README of erogol/BlaGPT", "As its step 5 is written: no sign, and an alignment to 0.2√min(m, n), so that steps are √max(m, n) smaller than the paper's.", AdaMuonBlagpt()),
        New("adaptive-muon", "Frans et al., arXiv 2510.25000; kvfrans/matrix-whitening, adamuon", "The paper's variance-adapted Muon: an elementwise second moment of the orthogonalized momentum, bias-corrected; no sign, no Nesterov, no alignment, so a step is about ±η.", AdaptiveMuon()),
        New("adamuon-pytorch-optimizer", "kozistr/pytorch_optimizer", "No sign; its alignment cancels, and steps are 1/√min(m, n) of the paper's. BlaGPT's code imports this one.", AdaMuonPytorchOptimizer()),
    ];

    /// <summary>AdaMuon (arXiv 2507.11005, Algorithm 1): sign, orthogonalization, an elementwise second moment, a root mean square of 0.2.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="sign">Whether the sign of the momentum is orthogonalized, or the momentum itself.</param>
    /// <param name="beta2">β₂; null takes the momentum's, as the paper does.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with Jordan's coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList AdaMuon(double momentum = 0.95, bool sign = true, double? beta2 = null, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum, MomentumForm.Accumulate),
        .. If(sign, [new Sign()]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ElementwiseSecondMoment(beta2 ?? momentum),
        new RmsAlign(),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>AdaMuon as its authors' code has it now: averaged momentum, with a look ahead.</summary>
    /// <inheritdoc cref="AdaMuon"/>
    public static StageList AdaMuonRepo(double momentum = 0.95, bool sign = true, double? beta2 = null, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Nesterov(momentum),
        .. If(sign, [new Sign()]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ElementwiseSecondMoment(beta2 ?? momentum),
        new RmsAlign(),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>AdaMuon's first version, of July 2025: no sign, a β₂ of its own, bias-corrected.</summary>
    /// <inheritdoc cref="AdaMuon"/>
    public static StageList AdaMuonV1(double momentum = 0.95, double beta2 = 0.999, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Nesterov(momentum),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ElementwiseSecondMoment(beta2, BiasCorrection: true),
        new RmsAlign(),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>AdaMuon as BlaGPT's README writes it: aligned to 0.2√min(m, n).</summary>
    /// <inheritdoc cref="AdaMuon"/>
    public static StageList AdaMuonBlagpt(double momentum = 0.95, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ElementwiseSecondMoment(beta2),
        new RmsAlign(ScaleRule.RmsAlignMin),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>AdaMuon as pytorch_optimizer has it, whose alignment cancels.</summary>
    /// <inheritdoc cref="AdaMuon"/>
    public static StageList AdaMuonPytorchOptimizer(double momentum = 0.9, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ElementwiseSecondMoment(beta2, RootRule.Divide, Epsilon: 1e-10, BiasCorrection: true),
        new RmsAlign(ScaleRule.UnitNormMatch, Epsilon: 1e-10),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>
    /// Muon with a second moment as Frans et al. have it (arXiv 2510.25000; kvfrans/matrix-whitening 71a03e9, optimizers/adamuon.py): O/√V̂,
    /// V of O². The factor √max(1, m/n) that the code has before V cancels in the quotient, and is left out here.
    /// </summary>
    /// <param name="momentum">β.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with the quintic coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList AdaptiveMuon(double momentum = 0.9, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz { Coefficients = CoefficientSets.Get("quintic"), Epsilon = 1e-8 }),
        new ElementwiseSecondMoment(beta2, BiasCorrection: true),
        new UpdateWeights(weightDecay),
    ];
}
