namespace MiniGrad.Backends.Reference;

/// <summary>The error function in float64: its Maclaurin series near zero, a continued fraction for the tail.</summary>
internal static class ErrorFunction
{
    private const double TwoOverRootPi = 1.1283791670955126;
    private const double OneOverRootPi = 0.5641895835477563;

    /// <summary><c>erf x = 2/√π ∫₀ˣ e^(−t²) dt</c>.</summary>
    public static double Erf(double x) => Math.Abs(x) < 1 ? Series(x) : x > 0 ? 1 - Tail(x) : x < 0 ? Tail(-x) - 1 : x;

    /// <summary><c>erfc x = 1 − erf x</c>, precise where that is tiny, too.</summary>
    public static double Erfc(double x) => Math.Abs(x) < 1 ? 1 - Series(x) : x > 0 ? Tail(x) : x < 0 ? 2 - Tail(-x) : x;

    /// <summary><c>erf x = 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1))</c>.</summary>
    private static double Series(double x)
    {
        double square = x * x, power = x, sum = x;
        for (int n = 1; Math.Abs(power) > 1e-17 * Math.Abs(sum); n++)
        {
            power *= -square / n;
            sum += power / ((2 * n) + 1);
        }
        return TwoOverRootPi * sum;
    }

    /// <summary>
    /// <c>erfc x = x e^(−x²)/√π · 1/(s − (1·½)/(s+2 − (2·3/2)/(s+4 − (3·5/2)/(s+6 − …))))</c> with s = x² + ½, from the
    /// inside out: the even part of Laplace's continued fraction.
    /// </summary>
    private static double Tail(double x)
    {
        if (x > 27.3) return 0;
        double square = x * x, s = square + 0.5;
        int depth = 8 + (int)(100 / square);
        double fraction = s + (2 * depth);
        for (int n = depth; n >= 1; n--) fraction = s + (2 * (n - 1)) - (n * (n - 0.5) / fraction);
        // x² is rounded; what is lost is a first-order factor of the exponential.
        double lost = Math.FusedMultiplyAdd(x, x, -square);
        return OneOverRootPi * x * Math.Exp(-square) * (1 - lost) / fraction;
    }
}
