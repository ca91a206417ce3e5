namespace MiniGrad.Experiments.Board;

/// <summary>Points of one curve, in the order of their abscissae.</summary>
internal readonly record struct Points(ReadOnlyMemory<double> X, ReadOnlyMemory<double> Y)
{
    public int Count => X.Length;

    /// <summary>The points from <paramref name="from"/> to <paramref name="to"/> and their next neighbours, so that a line reaches the edge.</summary>
    public Points Between(double from, double to)
    {
        ReadOnlySpan<double> x = X.Span;
        int first = FirstFrom(x, from), end = FirstFrom(x, Math.BitIncrement(to));
        first = Math.Max(0, first - 1);
        end = Math.Min(x.Length, end + 1);
        return new Points(X[first..end], Y[first..end]);
    }

    private static int FirstFrom(ReadOnlySpan<double> x, double value)
    {
        int low = 0, high = x.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (x[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
