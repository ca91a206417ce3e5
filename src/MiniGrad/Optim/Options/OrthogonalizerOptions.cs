using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad;

/// <summary>How matrices are orthogonalized.</summary>
public sealed record OrthogonalizerOptions
{
    /// <summary>The method.</summary>
    public OrthogonalizationMethod Method { get; init; }

    /// <summary>The polynomial's coefficients.</summary>
    public CoefficientSet Coefficients { get; init; } = CoefficientSets.Jordan;

    /// <summary>Number of iterations.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>How the input is normalized.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>ε of the normalization.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Precision of the products.</summary>
    public OrthogonalizerPrecision Precision { get; init; }

    /// <summary>The options that describe an orthogonalizer, as far as options can.</summary>
    internal static OrthogonalizerOptions Of(Orthogonalizer orthogonalizer) => orthogonalizer switch
    {
        NewtonSchulz ns => new() { Coefficients = ns.Coefficients, Steps = ns.Steps, Normalization = ns.Normalization, Epsilon = ns.Epsilon, Precision = ns.Precision },
        ExactPolar => new() { Method = OrthogonalizationMethod.Polar },
        _ => new(),
    };

    /// <summary>The orthogonalizer that these options describe.</summary>
    public Orthogonalizer Build() => Method == OrthogonalizationMethod.Polar
        ? new ExactPolar()
        : new NewtonSchulz(Coefficients, Steps, Normalization, InputNormalization.UsesEpsilon(Normalization) ? Epsilon : 0, Precision);
}
