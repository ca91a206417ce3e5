using System.Globalization;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Configuration;

/// <summary><c>--checkpoint-every</c> and <c>--keep</c>.</summary>
internal static class Cadence
{
    // Losing ten minutes is bearable; a run that is shorter writes no checkpoint unless one is asked for.
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(10);

    /// <summary>The cadence of a command line.</summary>
    /// <param name="every">Steps, or a time such as <c>10m</c>; empty for the default.</param>
    /// <param name="keep">How many of the last ones stay.</param>
    /// <param name="always">Whether the best and the last are saved, too, where no cadence is given.</param>
    /// <exception cref="CommandException">A value is wrong.</exception>
    public static CheckpointCadence Parse(string every, int keep, bool always)
    {
        if (keep < 1) throw CommandException.Usage($"--keep {keep}: must be at least 1");
        if (every.Length == 0) return new CheckpointCadence { Every = Default, Keep = keep, BestAndLast = always };
        if (int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out int steps)) return new CheckpointCadence { EverySteps = steps, Keep = keep, BestAndLast = true };
        double unit = every[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => double.NaN };
        bool isTime = double.TryParse(every.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count * unit is > 0 and < 1e9;
        return isTime
            ? new CheckpointCadence { Every = TimeSpan.FromSeconds(count * unit), Keep = keep, BestAndLast = true }
            : throw CommandException.Usage($"--checkpoint-every {every}: expected a number of steps, or a time such as 30s, 10m, 2h; 0 for none");
    }
}
