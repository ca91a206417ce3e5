using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Reductions, summed in float64 from the first element to the last.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void SumAxis(long outer, int axis, long inner, double alpha, BufferView x, BufferView y, bool accumulate)
    {
        Span<T> from = Reals(x, outer * axis * inner), to = Reals(y, outer * inner);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double sum = 0;
                for (int a = 0; a < axis; a++) sum += Wide(from[(int)((((o * (long)axis) + a) * inner) + i)]);
                Store(ref to[(int)((o * inner) + i)], alpha * sum, accumulate);
            }
        }
    }

    /// <inheritdoc/>
    public void Dot(BufferView x, BufferView y, BufferView result) =>
        Exactly(result, 1)[0] = Narrow(Inner(Reals(x, x.Length), Exactly(y, x.Length)));

    /// <inheritdoc/>
    public void Norm(BufferView x, BufferView result)
    {
        Span<T> elements = Reals(x, x.Length);
        double largest = 0;
        for (int i = 0; i < elements.Length; i++) largest = Math.Max(largest, Math.Abs(Wide(elements[i])));
        double squares = 0;
        if (largest > 0 && double.IsFinite(largest))
        {
            for (int i = 0; i < elements.Length; i++) squares += Wide(elements[i]) / largest * (Wide(elements[i]) / largest);
            largest *= Math.Sqrt(squares);
        }
        Exactly(result, 1)[0] = Narrow(largest);
    }
}
