using System.Collections.Immutable;
using System.Globalization;

namespace MiniGrad;

/// <summary>One odd polynomial of a Newton–Schulz iteration: p(σ) = aσ + bσ³ + cσ⁵ on every singular value.</summary>
/// <param name="A">a.</param>
/// <param name="B">b.</param>
/// <param name="C">c.</param>
public readonly record struct Coefficients(double A, double B, double C)
{
    /// <summary>p(σ).</summary>
    /// <param name="sigma">σ.</param>
    public double At(double sigma)
    {
        double square = sigma * sigma;
        return sigma * (A + (square * (B + (square * C))));
    }
}

/// <summary>What happens when the steps exceed a set's list.</summary>
public enum CoefficientOrder
{
    /// <summary>The list begins anew.</summary>
    Cycle,

    /// <summary>The last triple repeats.</summary>
    RepeatLast,

    /// <summary>Nothing: the steps must be as many as the list has triples.</summary>
    Exact,
}

/// <summary>A named list of Newton–Schulz polynomials.</summary>
public sealed record CoefficientSet
{
    private const int GridPoints = 4096;

    /// <summary>A set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">Where it is from.</param>
    /// <param name="order">What happens when the steps exceed the list.</param>
    /// <param name="triples">The polynomials, in order.</param>
    internal CoefficientSet(string name, string source, CoefficientOrder order, ImmutableArray<Coefficients> triples) =>
        (Name, Source, Order, Triples) = (name, source, order, triples);

    /// <summary>The name, <c>custom</c> for a user's own list.</summary>
    public string Name { get; }

    /// <summary>Where the numbers are from.</summary>
    public string Source { get; }

    /// <summary>What happens when the steps exceed the list.</summary>
    public CoefficientOrder Order { get; }

    /// <summary>The polynomials, in order.</summary>
    public ImmutableArray<Coefficients> Triples { get; }

    /// <summary>A user's own list, which is cycled.</summary>
    /// <param name="triples">The polynomials, in order.</param>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public static CoefficientSet Custom(IEnumerable<Coefficients> triples)
    {
        var list = triples.ToImmutableArray();
        if (list.IsEmpty) throw new ArgumentException("orthogonalizer.coefficients is an empty list; expected at least one [a,b,c]");
        return new CoefficientSet("custom", "a list of the user's own", CoefficientOrder.Cycle, list);
    }

    /// <summary>The polynomial of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public Coefficients At(int step) => Triples[Order == CoefficientOrder.RepeatLast ? Math.Min(step, Triples.Length - 1) : step % Triples.Length];

    /// <summary>The composed polynomial: what the iteration makes of a singular value.</summary>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="sigma">σ, after the normalization.</param>
    public double Compose(int steps, double sigma)
    {
        for (int step = 0; step < steps; step++) sigma = At(step).At(sigma);
        return sigma;
    }

    /// <summary>The smallest σ in (0, 1] at which the composed polynomial is not positive, after the first step that has one, or null. There the iteration would turn a direction around.</summary>
    /// <param name="steps">Number of iterations.</param>
    public double? TurnsAt(int steps)
    {
        Span<double> values = stackalloc double[GridPoints];
        for (int i = 0; i < GridPoints; i++) values[i] = (i + 1.0) / GridPoints;
        for (int step = 0; step < steps; step++)
        {
            Coefficients polynomial = At(step);
            for (int i = 0; i < GridPoints; i++)
            {
                values[i] = polynomial.At(values[i]);
                if (!(values[i] > 0)) return (i + 1.0) / GridPoints;
            }
        }
        return null;
    }

    /// <summary>The image of [lower, 1] under the composed polynomial, from a grid of equal ratios with the ends in it.</summary>
    /// <param name="steps">Number of iterations.</param>
    /// <param name="lower">The least σ, in (0, 1].</param>
    /// <param name="points">Points of the grid.</param>
    public (double Smallest, double Largest) Range(int steps, double lower, int points = 100_001)
    {
        (double smallest, double largest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int i = 0; i < points; i++)
        {
            double value = Compose(steps, i == points - 1 ? 1 : Math.Pow(lower, 1 - ((double)i / (points - 1))));
            (smallest, largest) = (Math.Min(smallest, value), Math.Max(largest, value));
        }
        return (smallest, largest);
    }

    /// <summary>The slope of the composed polynomial at 0, the product of all a: by how much it raises the smallest singular values.</summary>
    /// <param name="steps">Number of iterations.</param>
    public double SlopeAtZero(int steps)
    {
        double slope = 1;
        for (int step = 0; step < steps; step++) slope *= At(step).A;
        return slope;
    }

    /// <summary>Checks that the set can be used with a number of steps.</summary>
    /// <param name="steps">Number of iterations.</param>
    /// <exception cref="ArgumentException">The set wants another number of steps, or turns directions around.</exception>
    public void Check(int steps)
    {
        if (Order == CoefficientOrder.Exact && steps != Triples.Length) throw new ArgumentException($"orthogonalizer.steps is {steps}; coefficients '{Name}' need exactly {Triples.Length}");
        if (TurnsAt(steps) is { } sigma)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"orthogonalizer.coefficients '{Name}' are refused: with {steps} steps their polynomial is not positive from σ = {sigma:0.000} on, so a dominant direction of the gradient would be followed backwards; use 'quintic'"));
        }
    }

    /// <summary>How the set is written as an option: its name, or the user's list.</summary>
    public object ToOption() => Name == "custom" ? Triples.Select(t => new[] { t.A, t.B, t.C }).ToArray() : Name;

    /// <inheritdoc/>
    public bool Equals(CoefficientSet? other) => other is not null && Order == other.Order && Triples.AsSpan().SequenceEqual(other.Triples.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Coefficients triple in Triples) hash.Add(triple);
        return hash.ToHashCode();
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
