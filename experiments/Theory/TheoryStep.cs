namespace MiniGrad.Experiments.Theory;

/// <summary>A step as it was taken, and both sides of what is proven about it.</summary>
/// <param name="T">The step, from 1.</param>
/// <param name="Eta">The learning rate η_t.</param>
/// <param name="Loss">f(X).</param>
/// <param name="GradientNorm">‖∇f(X)‖.</param>
/// <param name="Descent">⟨∇f(X), X − X⁺⟩ = η⟨∇f(X), U⟩.</param>
/// <param name="NextLoss">f(X⁺): the left side of the one-step inequality.</param>
/// <param name="Bound">Its right side.</param>
/// <param name="StepNorm">‖X − X⁺‖.</param>
/// <param name="PredictedNorm">0.2·η·√(mn).</param>
/// <param name="LargestRoot">The largest √V.</param>
/// <param name="LargestRatio">The largest |Ô|.</param>
internal readonly record struct TheoryStep(int T, double Eta, double Loss, double GradientNorm, double Descent, double NextLoss, double Bound, double StepNorm, double PredictedNorm, double LargestRoot, double LargestRatio)
{
    public bool Violates => !(NextLoss <= Bound);

    /// <summary>⟨∇f, ΔX⟩/(‖∇f‖·‖ΔX‖): the cosine between the step and steepest descent.</summary>
    public double Alignment => Descent / (GradientNorm * StepNorm);

    public double NormDeviation => Math.Abs(StepNorm / PredictedNorm - 1);
}
