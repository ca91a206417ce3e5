namespace MiniGrad.Backends.Reference;

/// <summary>The rule of <see cref="Precision.Bfloat16"/>, term by term in float32; in float64 nothing is rounded.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision != Precision.Tf32;

    private static bool InPairs(Precision precision) => precision == Precision.Bfloat16 && typeof(T) == typeof(float);

    /// <summary>
    /// <c>alpha·Σ_p a[p]·b[p] (+ before)</c>: blocks of <see cref="Bfloat16.BlockDepth"/> terms are summed by the rule, then
    /// multiplied by alpha and added by one fused multiply-add each.
    /// </summary>
    /// <param name="a">Numbers of A.</param>
    /// <param name="firstA">The first.</param>
    /// <param name="stepA">Elements from one to the next.</param>
    /// <param name="b">Numbers of B.</param>
    /// <param name="firstB">The first.</param>
    /// <param name="stepB">Elements from one to the next.</param>
    /// <param name="k">How many.</param>
    /// <param name="alpha">The factor.</param>
    /// <param name="before">What the product is added to, or null.</param>
    private static float ProductInPairs(ReadOnlySpan<T> a, int firstA, int stepA, ReadOnlySpan<T> b, int firstB, int stepB, int k, float alpha, float? before)
    {
        int block = Bfloat16.BlockDepth(k);
        for (int first = 0; first < Math.Max(1, k); first += block)
        {
            float sum = 0;
            int end = Math.Min(k, first + block);
            for (int p = first; p < end; p += 2)
            {
                // Without a partner the odd term is 0·0.
                sum = Bfloat16.MultiplyAdd(Rounded(a, firstA, stepA, p + 1, end), Rounded(b, firstB, stepB, p + 1, end), sum);
                sum = Bfloat16.MultiplyAdd(Rounded(a, firstA, stepA, p, end), Rounded(b, firstB, stepB, p, end), sum);
            }
            before = before is { } other ? MathF.FusedMultiplyAdd(alpha, sum, other) : alpha * sum;
        }
        return before!.Value;
    }

    private static float Rounded(ReadOnlySpan<T> x, int first, int step, int p, int end) => p < end ? Bfloat16.Widen(Bfloat16.Round((float)Wide(x[first + (p * step)]))) : 0;
}
