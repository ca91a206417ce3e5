using System.Diagnostics;

namespace MiniGrad.Experiments.Commands;

/// <summary>Times a piece of work: warmed up, repeated, median.</summary>
internal static class Timing
{
    private const int Repeats = 9;
    private static readonly TimeSpan LeastPerRepeat = TimeSpan.FromMilliseconds(20);

    /// <summary>Median seconds of one call.</summary>
    public static double Median(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        do
        {
            work();
            calls++;
        }
        while (calls < 3 || (calls < 100 && Stopwatch.GetElapsedTime(start) < 5 * LeastPerRepeat));
        double perCall = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        int batch = Math.Max(1, (int)(LeastPerRepeat.TotalSeconds / perCall));
        var times = new double[Repeats];
        for (int r = 0; r < Repeats; r++)
        {
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < batch; i++) work();
            times[r] = Stopwatch.GetElapsedTime(start).TotalSeconds / batch;
        }
        return Middle(times);
    }

    public static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : 0.5 * (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]);
    }
}
