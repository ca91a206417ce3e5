namespace MiniGrad;

/// <content>Optimizers that keep bases of a matrix's own directions.</content>
public static partial class Presets
{
    private static Preset[] BasesFamily =>
    [
        New("soap", "nikhilvyas/SOAP; Vyas et al., arXiv 2409.11321", "Adam in the eigenbases of Shampoo's preconditioners GGᵀ and GᵀG, which are followed every ten steps.", Soap()),
        New("dion", "microsoft/dion; Ahn et al., arXiv 2504.05295", "Steps along the largest directions of the momentum alone, found by one round of power iteration; what is left out stays in the momentum.", Dion()),
    ];

    /// <summary>SOAP (arXiv 2409.11321; nikhilvyas/SOAP f42d296, soap.py). Its weight decay comes before the step here, as everywhere.</summary>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂, also of the preconditioners.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="frequency">Steps from one look at the eigenvectors to the next.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Soap(double beta1 = 0.95, double beta2 = 0.95, double epsilon = 1e-8, int frequency = 10, double weightDecay = 0.01) =>
        [new Soap(beta1, beta2, epsilon, frequency), new UpdateWeights(weightDecay)];

    /// <summary>Dion (arXiv 2504.05295; microsoft/dion 6e2c58d, dion/dion_simple.py): orthonormal updates of rank r, times √(m/n).</summary>
    /// <param name="momentum">μ.</param>
    /// <param name="rank">r; where a matrix is smaller, its shorter side.</param>
    /// <param name="epsilon">ε of the columns' norms.</param>
    /// <param name="weightDecay">λ, decoupled.</param>
    public static StageList Dion(double momentum = 0.95, int rank = 768, double epsilon = 1e-8, double weightDecay = 0.01) =>
        [new Dion(momentum, rank, epsilon), new ShapeScale(ScaleRule.UnitRms), new UpdateWeights(weightDecay)];
}
