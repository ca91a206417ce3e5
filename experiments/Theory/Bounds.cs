
namespace MiniGrad.Experiments.Theory;

/// <summary>What is proven about a step of AdaMuon, as functions of numbers; docs/theory.md has the proofs.</summary>
internal static class Bounds
{
    /// <summary>Lemma 2: ‖ΔX‖ = 0.2·η·√(mn), up to the ε of the alignment.</summary>
    public static double StepNorm(double eta, int m, int n) => 0.2 * eta * Math.Sqrt((double)m * n);

    /// <summary>Proposition 1: the right side of the one-step inequality f(X⁺) ≤ f(X) − ⟨∇f(X), X − X⁺⟩ + (L/2)·(0.2·η)²·mn.</summary>
    public static double OneStep(double loss, double descent, double smoothness, double eta, int m, int n) =>
        loss - descent + 0.5 * smoothness * Math.Pow(StepNorm(eta, m, n), 2);

    /// <summary>
    /// The one-step inequality summed: Σ η⟨∇f, U⟩ / Σ η ≤ (f(X₁) − inf f + 0.02·L·mn·Σ η²) / Σ η. It falls as ln t/√t for η₀/√t,
    /// and to 0.02·L·mn·η for a constant η.
    /// </summary>
    public static double Average(double gap, double smoothness, int m, int n, double sumOfRates, double sumOfSquares) =>
        (gap + 0.02 * smoothness * m * n * sumOfSquares) / sumOfRates;

    /// <summary>Lemma 1: √V, an average of |O|, is at most c, the largest value of the Newton–Schulz polynomial on (0, 1], since no entry exceeds the largest singular value.</summary>
    public static double LargestSingularValue(CoefficientSet coefficients, int steps)
    {
        const int Points = 200_000;
        double largest = 0;
        for (int i = 1; i <= Points; i++) largest = Math.Max(largest, Math.Abs(coefficients.Compose(steps, (double)i / Points)));
        return largest;
    }

    /// <summary>Lemma 1: |Ô| = |O|/(√V + ε) ≤ (1−β)^(−1/2), since V ≥ (1−β)O².</summary>
    public static double LargestRatio(double beta) => 1 / Math.Sqrt(1 - beta);
}
