using System.Diagnostics;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Display;

/// <summary>How fast this machine multiplies matrices: what the operations of a run are held against.</summary>
internal static class ProductSpeed
{
    private const int Size = 512;
    private const int Repeats = 6;

    /// <summary>Operations a second of one product on some threads, the best of a few; null on a GPU, whose products are not waited for.</summary>
    public static double? Measure(string device, int threads, Precision precision)
    {
        if (device != Devices.Cpu) return null;
        using var work = new GemmWork(Size, Size, Size, "NN", threads, precision);
        _ = work.Run();
        double best = double.PositiveInfinity;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = work.Run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 1e9 * work.Gigaflop / best;
    }
}
