using System.Globalization;

namespace MiniGrad.Experiments.Configuration;

/// <summary>What <c>--schedule</c>, <c>--warmup</c>, <c>--decay</c> and <c>--final-rate</c> say of the learning rate.</summary>
internal static class ScheduleOptions
{
    private const double UsualDecay = 0.2;

    /// <summary>Steps of the warm-up, or null where nothing is said of it.</summary>
    /// <param name="text">Steps, or a share of them such as <c>5%</c>.</param>
    /// <param name="steps">Steps of the run.</param>
    public static int? Warmup(string? text, int steps) => text is null ? null : Steps("--warmup", text, steps);

    /// <summary>The last steps, over which the rate decays; 0 for all that follow the warm-up.</summary>
    /// <param name="text">Steps, or a share of them; null for the schedule's own.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="steps">Steps of the run.</param>
    public static int Decay(string? text, ScheduleKind schedule, int steps)
    {
        if (text is null) return schedule is ScheduleKind.Wsd or ScheduleKind.Sqrt ? Math.Max(1, (int)Math.Round(UsualDecay * steps)) : 0;
        if (schedule == ScheduleKind.Constant) throw CommandException.Usage($"--decay {text}: a constant rate does not decay; give --schedule wsd, sqrt, linear or cosine, too");
        return Math.Max(1, Steps("--decay", text, steps));
    }

    /// <summary>Refuses a warm-up and a decay, both given, that overlap.</summary>
    public static void RequireApart(string? warmup, int warmupSteps, string? decay, int decaySteps, int steps)
    {
        if (warmup is null || decay is null || warmupSteps + decaySteps <= steps) return;
        throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"--warmup {warmup} and --decay {decay} are {warmupSteps} and {decaySteps} of {steps} steps and overlap; give shorter ones"));
    }

    /// <summary>Where the decay ends.</summary>
    public static double FinalRate(double? share, ScheduleKind schedule)
    {
        if (share is not { } value) return 0;
        if (value is not (>= 0 and <= 1)) throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"--final-rate {value}: expected a share of the learning rate from 0 to 1, such as 0.1"));
        return value > 0 && schedule == ScheduleKind.Constant ? throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"--final-rate {value}: a constant rate does not decay; give --schedule wsd, sqrt, linear or cosine, too")) : value;
    }

    private static int Steps(string option, string text, int steps)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= steps) return count;
        if (text.EndsWith('%') && double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 100) return (int)Math.Round(percent / 100 * steps);
        throw CommandException.Usage($"{option} {text}: expected a number of the {steps} steps, or a share of them such as 5%");
    }
}
