using MiniGrad.Backends;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad.Optim;

/// <summary>
/// The optimizers that have a name. Each follows its source, so the implementations that share the words "Muon" and
/// "AdaMuon" differ here by the switches by which they differ there.
/// </summary>
public static class Presets
{
    // Averaged momentum 0.95, no Nesterov, no sign, Newton–Schulz with Jordan's coefficients, no scale, no decay.
    private static readonly OptimizerOptions Common = new();

    private static readonly OptimizerOptions MuonOptions = Common with { Nesterov = true, Scale = Scale.Shape };

    private static readonly OptimizerOptions AdaMuonOptions = Common with
    {
        MomentumForm = MomentumForm.Accumulate,
        Sign = true,
        SecondMoment = SecondMoment.Elementwise,
        Beta2 = null,
        Scale = Scale.RmsAlign,
    };

    private static readonly OptimizerOptions NvidiaOptions = Common with
    {
        Orthogonalizer = new() { Coefficients = CoefficientSets.Get("quintic"), Normalization = Normalization.Max, Epsilon = 1e-15 },
        Scale = Scale.Spectral,
    };

    /// <summary>Every preset, in the order of the documentation.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        New("muon", "KellerJordan/Muon", "Momentum with a look ahead, orthogonalized; tall matrices take larger steps.", MuonOptions),
        New("muon-torch", "torch.optim.Muon (PyTorch 2.9)", "Muon with max(‖X‖, ε) in the normalization, and weight decay.",
            MuonOptions with { Orthogonalizer = new() { Normalization = Normalization.Max }, WeightDecay = 0.1 }),
        New("muon-moonlight", "MoonshotAI/Moonlight", "Muon with accumulated momentum and a step that matches AdamW's usual root mean square of 0.2, so both share a learning rate.",
            Common with { MomentumForm = MomentumForm.Accumulate, Nesterov = true, Scale = Scale.MatchRmsAdamw, WeightDecay = 0.1 }),
        New("dual-norm-muon", "leloykun/adaptive-muon", "Muon times ⟨U,O⟩ ≈ the nuclear norm: steepest descent under the spectral norm, whose step vanishes with the gradient. Often called adaptive Muon; not AdaMuon.",
            MuonOptions with { DualNorm = true }),
        New("adamuon", "Si et al., arXiv 2507.11005, Algorithm 1", "The sign of the momentum is orthogonalized, divided by the root of an elementwise second moment with the momentum's own β, and aligned to a root mean square of 0.2.", AdaMuonOptions),
        New("adamuon-repo", "Chongjie-Si/AdaMuon, GPT-2 code (adv_optm's AdaMuon_adv is the same rule)", "The authors' code: as the paper, with averaged momentum and Nesterov.",
            AdaMuonOptions with { MomentumForm = MomentumForm.Ema, Nesterov = true }),
        New("adamuon-v1", "Chongjie-Si/AdaMuon, July 2025", "The first version: no sign, Nesterov, β₂ of its own, bias-corrected.",
            AdaMuonOptions with { MomentumForm = MomentumForm.Ema, Nesterov = true, Sign = false, Beta2 = 0.999, SecondMomentBiasCorrection = true }),
        New("adamuon-blagpt", "the README of erogol/BlaGPT", "As its step 5 is written: no sign, and an alignment to 0.2√min(m, n), so that steps are √max(m, n) smaller than the paper's.",
            Common with { SecondMoment = SecondMoment.Elementwise, Scale = Scale.RmsAlignMin }),
        New("adamuon-pytorch-optimizer", "kozistr/pytorch_optimizer", "No sign; its alignment cancels, and steps are 1/√min(m, n) of the paper's. BlaGPT's code imports this one.",
            Common with { Momentum = 0.9, SecondMoment = SecondMoment.Elementwise, SecondMomentBiasCorrection = true, Epsilon = 1e-10, Scale = Scale.UnitNormMatch }),
        New("nvidia-muon", "NVIDIA-NeMo/Emerging-Optimizers Muon", "No Nesterov, the quintic coefficients, and √max(m, n): far larger steps for one learning rate.", NvidiaOptions),
        New("nvidia-adamuon", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "An elementwise second moment between orthogonalization and scale; neither sign nor alignment.",
            NvidiaOptions with { SecondMoment = SecondMoment.Elementwise }),
        New("nvidia-normuon", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "NorMuon along the longer side, with a clamped root.",
            NvidiaOptions with { SecondMoment = SecondMoment.Neuron, SecondMomentAxis = SecondMomentAxis.Auto, SecondMomentRule = RootRule.Clamp }),
        New("nvidia-namo", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "NAMO's scalar second moment without bias correction or bounds.",
            NvidiaOptions with { SecondMoment = SecondMoment.Scalar }),
        New("polargrad", "NVIDIA-NeMo/Emerging-Optimizers PolarGrad", "Dual-norm Muon without Nesterov and without a factor of the shape.",
            NvidiaOptions with { DualNorm = true, Scale = Scale.None }),
        New("scion", "NVIDIA-NeMo/Emerging-Optimizers Scion", "√(m/n) steps, and a decay of 1: W ← (1−η)W − …, a Frank–Wolfe step.",
            NvidiaOptions with { Scale = Scale.UnitRms, WeightDecay = 1 }),
        New("normuon", "zichongli5/NorMuon, arXiv 2510.05491", "Muon with one second moment a row; the update keeps its norm.",
            MuonOptions with { SecondMoment = SecondMoment.Neuron, Epsilon = 1e-10 }),
        New("namo", "minxin-zhg/namo, arXiv 2602.17080", "Muon whose step and decay shrink with ‖U‖/√V, V one number per matrix; both are bounded.",
            Common with { Nesterov = true, SecondMoment = SecondMoment.Scalar, Beta2 = 0.99, SecondMomentBiasCorrection = true, Scale = Scale.MatchRmsAdamw, WeightDecayMethod = WeightDecayMethod.Namo }),
        New("adamw", "Loshchilov and Hutter 2019; torch.optim.AdamW", "Adam with decoupled weight decay, for every parameter.", Common with { Kind = OptimizerKind.AdamW }),
        New("lion", "Chen et al. 2023, arXiv 2302.06675", "The sign of an interpolated momentum, for every parameter.", Common with { Kind = OptimizerKind.Lion, Beta2 = 0.99 }),
        New("sgd", "PyTorch's momentum and Nesterov, decay decoupled", "Gradient descent with accumulated momentum, for every parameter.",
            Common with { Kind = OptimizerKind.Sgd, Momentum = 0.9, MomentumForm = MomentumForm.Accumulate }),
    ];

    /// <summary>The names of all presets.</summary>
    public static IEnumerable<string> Names => All.Select(preset => preset.Name);

    /// <summary>The preset of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such preset; the message names the nearest.</exception>
    public static Preset Get(string name) => All.FirstOrDefault(preset => preset.Name == name) ?? throw new ArgumentException(NearestName.Message("preset", name, Names));

    private static Preset New(string name, string source, string description, OptimizerOptions options) => new(name, source, description, options with { Preset = name });
}
