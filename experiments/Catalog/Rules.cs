namespace MiniGrad.Experiments.Catalog;

/// <summary>
/// The optimizers that experiments share, each under one name. AdaMuon is the authors' code (<c>adamuon-repo</c>), which looks
/// ahead as Muon does; Algorithm 1 of the paper (<c>adamuon</c>) shows no look-ahead and is the other rule.
/// </summary>
internal static class Rules
{
    /// <summary>AdaMuon as in its authors' code, with Nesterov.</summary>
    public static Variant AdaMuon { get; } = new("adamuon-repo", "adamuon-repo");

    /// <summary>The same without the sign.</summary>
    public static Variant AdaMuonWithoutSign { get; } = new("adamuon-repo without sign", "adamuon-repo", "sign=false");

    /// <summary>AdaMuon as in Algorithm 1, without Nesterov.</summary>
    public static Variant Algorithm1 { get; } = new("adamuon", "adamuon");

    /// <summary>The same without the sign.</summary>
    public static Variant Algorithm1WithoutSign { get; } = new("adamuon without sign", "adamuon", "sign=false");

    /// <summary>Muon with Nesterov, with the scale of the paper's baseline.</summary>
    public static Variant Muon { get; } = new("muon", "muon", "scale=match-rms-adamw");

    /// <summary>The same without Nesterov.</summary>
    public static Variant MuonWithoutNesterov { get; } = new("muon without Nesterov", "muon", "scale=match-rms-adamw", "nesterov=false");

    /// <summary>AdamW, which has no look-ahead.</summary>
    public static Variant AdamW { get; } = new("adamw", "adamw");

    /// <summary>The three that the paper compares.</summary>
    public static IReadOnlyList<Variant> Three { get; } = [AdaMuon, Muon, AdamW];
}
