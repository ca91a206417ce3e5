namespace MiniGrad;

/// <content>NVIDIA-NeMo/Emerging-Optimizers.</content>
public static partial class Presets
{
    private static Preset[] NvidiaFamily =>
    [
        New("nvidia-muon", "NVIDIA-NeMo/Emerging-Optimizers Muon", "No Nesterov, the quintic coefficients, and √max(m, n): far larger steps for one learning rate.", NvidiaMuon()),
        New("nvidia-adamuon", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "An elementwise second moment between orthogonalization and scale; neither sign nor alignment.", NvidiaAdaMuon()),
        New("nvidia-normuon", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "NorMuon along the longer side, with a clamped root.", NvidiaNorMuon()),
        New("nvidia-namo", "NVIDIA-NeMo/Emerging-Optimizers AdaptiveMuon", "NAMO's scalar second moment without bias correction or bounds.", NvidiaNamo()),
        New("polargrad", "NVIDIA-NeMo/Emerging-Optimizers PolarGrad", "Dual-norm Muon without Nesterov and without a factor of the shape.", PolarGrad()),
        New("scion", "NVIDIA-NeMo/Emerging-Optimizers Scion", "√(m/n) steps, and a decay of 1: W ← (1−η)W − …, a Frank–Wolfe step.", Scion()),
    ];

    private static NewtonSchulz Quintic => new() { Coefficients = CoefficientSets.Get("quintic"), Normalization = Normalization.Max, Epsilon = 1e-15 };

    /// <summary>NVIDIA's Muon: no look ahead, the quintic coefficients, times √max(m, n).</summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList NvidiaMuon(double momentum = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Orthogonalize(orthogonalizer ?? Quintic),
        new ShapeScale(ScaleRule.Spectral),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>NVIDIA's AdaMuon: <see cref="NvidiaMuon"/> with an elementwise second moment behind the orthogonalizer.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with the quintic coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList NvidiaAdaMuon(double momentum = 0.95, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
        NvidiaMuon(momentum, orthogonalizer, weightDecay).After<Orthogonalize>(new ElementwiseSecondMoment(beta2));

    /// <summary>NVIDIA's NorMuon: a second moment along the longer side, with a clamped root.</summary>
    /// <inheritdoc cref="NvidiaAdaMuon"/>
    public static StageList NvidiaNorMuon(double momentum = 0.95, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
        NvidiaMuon(momentum, orthogonalizer, weightDecay).After<Orthogonalize>(new NeuronSecondMoment(SecondMomentAxis.Auto, beta2, RootRule.Clamp));

    /// <summary>NVIDIA's NAMO: one second moment a matrix, without bias correction or bounds.</summary>
    /// <inheritdoc cref="NvidiaAdaMuon"/>
    public static StageList NvidiaNamo(double momentum = 0.95, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
        NvidiaMuon(momentum, orthogonalizer, weightDecay).After<Orthogonalize>(new ScalarSecondMoment(beta2));

    /// <summary>PolarGrad: the dual norm without look ahead and without a factor of the shape.</summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList PolarGrad(double momentum = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        new Orthogonalize(orthogonalizer ?? Quintic),
        new DualNormScale(),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>Scion: steps of √(m/n), and a decay of 1, which makes a Frank–Wolfe step.</summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList Scion(double momentum = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 1) =>
        NvidiaMuon(momentum, orthogonalizer, weightDecay).Replace<ShapeScale>(new ShapeScale(ScaleRule.UnitRms));
}
