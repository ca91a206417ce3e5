namespace MiniGrad;

/// <content>Optimizers that keep bases of a matrix's own directions.</content>
public static partial class Presets
{
    private static Preset[] BasesFamily =>
    [
        New("dion", "microsoft/dion; Ahn et al., arXiv 2504.05295", "Steps along the largest directions of the momentum alone, found by one round of power iteration; what is left out stays in the momentum.", Dion()),
    ];

    /// <summary>Dion (arXiv 2504.05295; microsoft/dion 6e2c58d, dion/dion_simple.py): orthonormal updates of rank r, times √(m/n).</summary>
    /// <param name="momentum">μ.</param>
    /// <param name="rank">r; where a matrix is smaller, its shorter side.</param>
    /// <param name="epsilon">ε of the columns' norms.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Dion(double momentum = 0.95, int rank = 768, double epsilon = 1e-8, double weightDecay = 0.01) =>
        [new Dion(momentum, rank, epsilon), new ShapeScale(ScaleRule.UnitRms), new UpdateWeights(weightDecay)];
}
