namespace MiniGrad.Ops;

/// <summary>Variance and standard deviation, of existing ops: <c>var = Σ(x − mean)² / (n − c)</c>, c = 1 unless it is the population's.</summary>
internal static class Variance
{
    /// <summary>The variance of everything, or along a dimension.</summary>
    public static Tensor Of(Tensor x, int? axis, int correction, bool keepDims) => axis is { } dimension
        ? (x - x.Mean(dimension, keepDims: true)).Square().Sum(dimension, keepDims) / Divisor(x.Shape, x.Shape[dimension], correction)
        : (x - x.Mean()).Square().Sum() / Divisor(x.Shape, x.Shape.Count, correction);

    private static double Divisor(Shape shape, long count, int correction) =>
        count > correction ? count - correction : throw Tensors.Errors.Shape("var", shape, $"{count} elements have no variance with the correction {correction}; give correction: 0");
}
