namespace MiniGrad;

/// <content>Neighbours of the family.</content>
public static partial class Presets
{
    private static Preset[] Neighbours =>
    [
        New("normuon", "zichongli5/NorMuon, arXiv 2510.05491", "Muon with one second moment a row; the update keeps its norm.", NorMuon()),
        New("namo", "minxin-zhg/namo, arXiv 2602.17080", "Muon whose step and decay shrink with ‖U‖/√V, V one number per matrix; both are bounded.", Namo()),
    ];

    /// <summary>NorMuon (arXiv 2510.05491): Muon with one second moment a row; the update keeps its norm.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with Jordan's coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList NorMuon(double momentum = 0.95, bool nesterov = true, double beta2 = 0.95, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
        Muon(momentum, nesterov, orthogonalizer, weightDecay).After<Orthogonalize>(new NeuronSecondMoment(SecondMomentAxis.Rows, beta2, RootRule.Divide, Epsilon: 1e-10));

    /// <summary>NAMO (arXiv 2602.17080): step and decay shrink with ‖U‖/√V, V one number per matrix, and are bounded.</summary>
    /// <param name="momentum">β.</param>
    /// <param name="nesterov">Whether the update looks ahead.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="orthogonalizer">How matrices are orthogonalized; five steps of Newton–Schulz with Jordan's coefficients where nothing is said.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Namo(double momentum = 0.95, bool nesterov = true, double beta2 = 0.99, Orthogonalizer? orthogonalizer = null, double weightDecay = 0) =>
    [
        new Momentum(momentum),
        .. If(nesterov, [new Nesterov(momentum)]),
        new Orthogonalize(orthogonalizer ?? new NewtonSchulz()),
        new ScalarSecondMoment(beta2, CorrectedMomentum: momentum),
        new ShapeScale(ScaleRule.MatchRmsAdamw),
        new NamoUpdate(weightDecay),
    ];
}
