namespace MiniGrad;

/// <content>Baselines, for every parameter.</content>
public static partial class Presets
{
    private static Preset[] Baselines =>
    [
        New("adamw", "Loshchilov and Hutter 2019; torch.optim.AdamW", "Adam with decoupled weight decay, for every parameter.", AdamW()),
        New("lion", "Chen et al. 2023, arXiv 2302.06675", "The sign of an interpolated momentum, for every parameter.", Lion()),
        New("sgd", "PyTorch's momentum and Nesterov, decay decoupled", "Gradient descent with accumulated momentum, for every parameter.", Sgd()),
    ];

    /// <summary>AdamW (Loshchilov and Hutter 2019).</summary>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList AdamW(double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8, double weightDecay = 0) =>
        [new AdamW(beta1, beta2, epsilon, new Decay(weightDecay))];

    /// <summary>Lion (Chen et al. 2023, arXiv 2302.06675).</summary>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Lion(double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0) =>
        [new Lion(beta1, beta2), new UpdateWeights(weightDecay)];

    /// <summary>Gradient descent with momentum as PyTorch has it, the weight decay decoupled.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Sgd(double momentum = 0.9, bool nesterov = false, double weightDecay = 0) =>
    [
        new Momentum(momentum, MomentumForm.Accumulate),
        .. If(nesterov, [new Nesterov(momentum, MomentumForm.Accumulate)]),
        new UpdateWeights(weightDecay),
    ];
}
