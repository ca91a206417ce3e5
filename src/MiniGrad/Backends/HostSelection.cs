using System.Buffers;
using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>The kernels of <see cref="ISelectionKernels"/> on the host, between a download and an upload. Arrays are rented, so that a step allocates nothing.</summary>
internal static class HostSelection
{
    public static void MaxAxis(IBackend backend, long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places)
    {
        int count = checked((int)x.Length), results = checked((int)(outer * inner)), width = checked((int)inner);
        double[] values = Rented(backend, x), largest = ArrayPool<double>.Shared.Rent(results), mask = ArrayPool<double>.Shared.Rent(count);
        int[] indices = ArrayPool<int>.Shared.Rent(results);
        mask.AsSpan(0, count).Clear();
        for (int result = 0; result < results; result++)
        {
            int first = result / width * axis * width + result % width, best = 0;
            for (int i = 1; i < axis && !double.IsNaN(values[first + best * width]); i++)
            {
                double candidate = values[first + i * width];
                if (candidate > values[first + best * width] || double.IsNaN(candidate)) best = i;
            }
            (largest[result], indices[result], mask[first + best * width]) = (values[first + best * width], best, 1);
        }
        if (!y.IsEmpty) backend.Upload(y, largest.AsSpan(0, results));
        if (!chosen.IsEmpty) backend.Upload(chosen, mask.AsSpan(0, count));
        if (!places.IsEmpty) backend.Upload(places, indices.AsSpan(0, results));
        Return(values, largest, mask);
        ArrayPool<int>.Shared.Return(indices);
    }

    public static void Compare(IBackend backend, Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y)
    {
        double[] left = Rented(backend, a), right = Rented(backend, b), result = ArrayPool<double>.Shared.Rent(checked((int)y.Length));
        Shape shape = layout.Shape;
        for (int i = 0; i < y.Length; i++)
        {
            long rest = i, atLeft = 0, atRight = 0;
            for (int d = shape.Rank - 1; d >= 0; d--)
            {
                long place = rest % shape[d];
                (rest, atLeft, atRight) = (rest / shape[d], atLeft + place * layout.A[d], atRight + place * layout.B[d]);
            }
            result[i] = Holds(comparison, left[atLeft], right[atRight]) ? 1 : 0;
        }
        backend.Upload(y, result.AsSpan(0, (int)y.Length));
        Return(left, right, result);
    }

    public static void Select(IBackend backend, BufferView condition, BufferView a, BufferView b, BufferView y)
    {
        double[] conditions = Rented(backend, condition), held = Rented(backend, a), other = Rented(backend, b);
        int count = checked((int)y.Length);
        for (int i = 0; i < count; i++) conditions[i] = conditions[i] != 0 ? (a.IsEmpty ? 0 : held[i]) : b.IsEmpty ? 0 : other[i];
        backend.Upload(y, conditions.AsSpan(0, count));
        Return(conditions, held, other);
    }

    private static bool Holds(Comparison comparison, double a, double b) => comparison switch
    {
        Comparison.Greater => a > b,
        Comparison.GreaterOrEqual => a >= b,
        _ => a == b,
    };

    private static double[] Rented(IBackend backend, BufferView view)
    {
        if (view.IsEmpty) return [];
        double[] values = ArrayPool<double>.Shared.Rent(checked((int)view.Length));
        backend.Download(view, values.AsSpan(0, (int)view.Length));
        return values;
    }

    private static void Return(params ReadOnlySpan<double[]> rented)
    {
        foreach (double[] values in rented)
        {
            if (values.Length > 0) ArrayPool<double>.Shared.Return(values);
        }
    }
}
