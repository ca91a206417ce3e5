namespace MiniGrad;

/// <summary>
/// Settings of <see cref="GradCheck"/>. An entry passes when |analytic − numeric| ≤ atol + rtol·|numeric|; the defaults are
/// those of PyTorch's <c>gradcheck</c>, and a smooth op in float64 usually stays below 1e-7.
/// </summary>
public sealed record GradCheckOptions
{
    /// <summary>The defaults.</summary>
    public static GradCheckOptions Default { get; } = new();

    /// <summary>Half the distance of the two points of a central difference.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Absolute tolerance.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-5;

    /// <summary>Tolerance relative to the numeric derivative.</summary>
    public double RelativeTolerance { get; init; } = 1e-3;

    /// <summary>Seed of the weights that reduce a result to a scalar.</summary>
    public int Seed { get; init; } = 1;
}
