namespace MiniGrad.Tests.Ops;

/// <summary>A function of some inputs, to be checked against central differences.</summary>
/// <param name="Label">What is special about it; unique.</param>
/// <param name="Inputs">Shapes of the inputs, which are filled with uniform random numbers.</param>
/// <param name="Bind">Makes what the function needs besides (ids, tables), before any step, and returns the function.</param>
public sealed record GradientCase(string Label, Shape[] Inputs, Func<ComputeContext, Func<Tensor[], Tensor>> Bind)
{
    /// <summary>Smallest input.</summary>
    public double Low { get; init; } = -2;

    /// <summary>Largest input.</summary>
    public double High { get; init; } = 2;

    /// <summary>Whether the derivative is 0 everywhere, so that the check cannot ask for more.</summary>
    public bool IsFlat { get; init; }

    /// <summary>A function that needs nothing besides its inputs.</summary>
    public static GradientCase Of(string label, Shape[] inputs, Func<Tensor[], Tensor> function) => new(label, inputs, _ => function);

    /// <summary>Label and shapes.</summary>
    public override string ToString() => $"{Label} {string.Join(" ", Inputs)}";
}

/// <summary>A test class that registers gradient cases. <see cref="OpCoverageTests"/> finds them by reflection and runs them.</summary>
public interface IGradientCases
{
    /// <summary>The cases.</summary>
    static abstract IEnumerable<GradientCase> GradientCases();
}
