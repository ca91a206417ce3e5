using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.DualNorm;

/// <summary>The record of <c>dual-norm</c>: sizes, rates and claim, fixed before anything ran.</summary>
internal static class DualNormRecord
{
    public const string Claim = "At 128×128, β = 0.95, η = 0.001 and float32 dual-norm Muon ends with a lower loss than Muon";

    /// <summary>The condition that the claim is about.</summary>
    public static DualNormCondition Primary { get; } = new(128, 0.95, 0.001, BFloat16: false);

    public static Toy Toy { get; } = new(
        "dual-norm",
        "When does Muon's step, scaled by the dual norm, reach a lower loss than Muon's at the same learning rate?",
        "Not in the AdaMuon paper: the toy problem of leloykun/adaptive-muon",
        "‖I − XᵀX‖² is minimized from X₀ = (2/n)·U[0,1), so that the largest singular value starts near 1 at every size (at 2×2 this is the author's distribution), with a constant learning rate. Muon's step has one size whatever the gradient; the dual norm multiplies it by s = ⟨U,O⟩ ≈ ‖U‖_*, so that it vanishes with the gradient: steepest descent under the spectral norm. The author bounds s by 1, as dual-norm-muon does here; \"unclipped\" does not. Since s sums over n directions, its stable learning rate falls as 1/n: near the minimum 4·η·n < 1 without momentum. Hence two rates: the author's 0.1, and 0.001. In emulated bfloat16 the gradient, the parameter and the momentum are rounded to nearest even after each step, and Newton–Schulz works in bfloat16 products; other arithmetic inside a step stays in float32. AdamW has β₁ = β and β₂ = 0.999.",
        [Claim],
        ["size: 2×2, 128×128", "β: 0, 0.5, 0.95", "η: 0.1, 0.001", "numbers: float32, emulated bfloat16", "optimizer: muon, dual-norm-muon (s ≤ 1), dual-norm-muon unclipped, adamw"]);

    /// <summary>What is compared. All share momentum β; Muon and dual-norm Muon are the presets otherwise.</summary>
    public static IReadOnlyList<DualNormVariant> Variants { get; } =
    [
        new("muon", "muon", [], "muon"),
        new("dual-norm-muon", "dual-norm-muon", ["dualNormClip=1"], "dual-norm-muon"),
        new("dual-norm-muon unclipped", "dual-norm-muon", [], "normuon"),
        new("adamw", "adamw", [], "adamw"),
    ];

    public static DualNormSettings Full { get; } = new(Seeds: 3, Steps: 1500, Sizes: [2, 128], Betas: [0, 0.5, 0.95], Rates: [0.1, 0.001]);

    /// <summary>The smoke run.</summary>
    public static DualNormSettings Quick { get; } = new(Seeds: 2, Steps: 150, Sizes: [2, 128], Betas: [0, 0.95], Rates: [0.1, 0.001]);

    public static IReadOnlyList<DualNormCondition> Conditions(DualNormSettings s) =>
    [
        .. from size in s.Sizes
           from rate in s.Rates
           from beta in s.Betas
           from half in (bool[])[false, true]
           select new DualNormCondition(size, beta, rate, half),
    ];

    public static IReadOnlyList<DualNormPlan> Plans(DualNormSettings s) =>
    [
        .. from condition in Conditions(s)
           from variant in Variants
           from seed in Enumerable.Range(0, s.Seeds)
           select new DualNormPlan(condition, variant, (ulong)seed, s.Steps),
    ];
}

/// <summary>How much is run.</summary>
internal sealed record DualNormSettings(int Seeds, int Steps, int[] Sizes, double[] Betas, double[] Rates);

/// <summary>An optimizer: a preset with changes, and the name whose colour it wears.</summary>
internal sealed record DualNormVariant(string Name, string Preset, string[] Changes, string ColorKey);

/// <summary>Where the variants meet.</summary>
internal sealed record DualNormCondition(int Size, double Beta, double Rate, bool BFloat16)
{
    public string Numbers => BFloat16 ? "bfloat16" : "float32";
}

/// <summary>One run.</summary>
internal sealed record DualNormPlan(DualNormCondition Condition, DualNormVariant Variant, ulong Seed, int Steps);
