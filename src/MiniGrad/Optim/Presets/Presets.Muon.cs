namespace MiniGrad;

/// <content>Muon, with and without the dual norm.</content>
public static partial class Presets
{
    /// <summary>Kimi K2's τ.</summary>
    private const double KimiBound = 100;

    private static Preset[] MuonFamily =>
    [
        New("muon", "KellerJordan/Muon", "Momentum with a look ahead, orthogonalized; tall matrices take larger steps.", Muon()),
        New("muon-torch", "torch.optim.Muon (PyTorch 2.9)", "Muon with max(‖X‖, ε) in the normalization, and weight decay.", MuonTorch()),
        New("muon-moonlight", "MoonshotAI/Moonlight", "Muon with accumulated momentum and a step that matches AdamW's usual root mean square of 0.2, so both share a learning rate.", MuonMoonlight()),
        New("muon-clip", "Kimi K2, arXiv 2507.20534, Algorithm 1", "Moonlight's Muon, and QK-clip with τ = 100: after a step the query and key rows of a head whose largest logit passed τ are scaled back to it.", MuonClip()).WithOptions(o => o with { QkClip = KimiBound }),
        New("dual-norm-muon", "leloykun/adaptive-muon", "Muon times ⟨U,O⟩ ≈ the nuclear norm: steepest descent under the spectral norm, whose step vanishes with the gradient. Often called adaptive Muon; not AdaMuon.", DualNormMuon()),
    ];

    /// <summary>Muon (KellerJordan/Muon): momentum with a look ahead, orthogonalized, times √max(1, m/n).</summary>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with Jordan's coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Muon(double momentum = 0.95, bool nesterov = true, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        .. If(nesterov, [new Nesterov(momentum)]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ShapeScale(ScaleRule.Shape),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>Muon as PyTorch 2.9 has it: max(‖X‖, ε) in the normalization, and weight decay.</summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList MuonTorch(double momentum = 0.95, bool nesterov = true, double weightDecay = 0.1) =>
        Muon(momentum, nesterov, new NewtonSchulz { Normalization = Normalization.Max }, weightDecay);

    /// <summary>Moonlight's Muon: accumulated momentum, and 0.2√max(m, n), so that the root mean square matches AdamW's.</summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList MuonMoonlight(double momentum = 0.95, bool nesterov = true, Orthogonalizer? orthogonalizer = null, double weightDecay = 0.1) =>
    [
        new Momentum(momentum, MomentumForm.Accumulate),
        .. If(nesterov, [new Nesterov(momentum, MomentumForm.Accumulate)]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ShapeScale(ScaleRule.MatchRmsAdamw),
        new UpdateWeights(weightDecay),
    ];

    /// <summary>
    /// Kimi K2's MuonClip (arXiv 2507.20534): Moonlight's Muon. QK-clip concerns heads, not a stage: the preset's options have it, and
    /// an optimizer that is made of groups takes <c>qkClip: 100</c>.
    /// </summary>
    /// <inheritdoc cref="Muon"/>
    public static StageList MuonClip(double momentum = 0.95, bool nesterov = true, Orthogonalizer? orthogonalizer = null, double weightDecay = 0.1) =>
        MuonMoonlight(momentum, nesterov, orthogonalizer, weightDecay);

    /// <summary>Muon times ⟨U,O⟩ ≈ ‖U‖_* (leloykun/adaptive-muon): a step that vanishes with the gradient.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="clip">An upper bound on ⟨U,O⟩, or null.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with Jordan's coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList DualNormMuon(double momentum = 0.95, bool nesterov = true, double? clip = null, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        .. If(nesterov, [new Nesterov(momentum)]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new DualNormScale(clip),
        new ShapeScale(ScaleRule.Shape),
        new UpdateWeights(weightDecay),
    ];
}
