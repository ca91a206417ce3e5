namespace MiniGrad;

/// <content>Hyperball optimization: the norm of every matrix stays what it was.</content>
public static partial class Presets
{
    private static Preset[] HyperballFamily =>
    [
        New("muon-h", "KellerJordan/modded-nanogpt, track 3, pull request 267", "MuonH: Muon's direction with twelve steps to a polar factor, on the sphere of the weight's own norm; η is the angle of a step.", MuonH()),
        New("adamw-h", "KellerJordan/modded-nanogpt, track 3, pull request 272", "AdamH: Adam's direction for matrices, on the sphere of the weight's own norm; AdamW for everything else.", AdamWH()),
    ];

    /// <summary>
    /// MuonH (KellerJordan/modded-nanogpt 1ee2407, records/track_3_optimization/results/20260430_muonh): Muon with a look ahead, twelve steps of
    /// Newton–Schulz with (2, −1.5, 0.5), on the sphere of the weight. The factor of the shape cancels there, and is left out.
    /// </summary>
    /// <remarks>The norms that the weights begin with stay, so they are hyper-parameters: <see cref="InitializationKind.Hyperball"/> has the ones of the record.</remarks>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; twelve steps of Newton–Schulz with (2, −1.5, 0.5) where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled, before the step.</param>
    public static StageList MuonH(double momentum = 0.95, bool nesterov = true, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        .. If(nesterov, [new Nesterov(momentum)]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz(CoefficientSet.Custom([new Coefficients(2, -1.5, 0.5)]), 12)),
        new HyperballUpdate(weightDecay),
    ];

    /// <summary>AdamH (the same repository, pull request 272): Adam's direction on the sphere of the weight.</summary>
    /// <inheritdoc cref="MuonH" path="/remarks"/>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">λ, decoupled, before the step.</param>
    public static StageList AdamWH(double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8, double weightDecay = 0) =>
        [new Adam(beta1, beta2, epsilon), new HyperballUpdate(weightDecay)];
}
