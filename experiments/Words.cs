using System.Globalization;

namespace MiniGrad.Experiments;

/// <summary>Numbers as one says them: no more digits than mean something.</summary>
internal static class Words
{
    /// <summary>Three significant digits, without an exponent where that reads better.</summary>
    public static string Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value.ToString(CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        return size is >= 1000 and < 1e9 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("G3", CultureInfo.InvariantCulture);
    }

    /// <summary>A time: 4 ms, 2.5 s, 5 min 5 s, 3 h 20 min, 2 d 4 h.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds)) return "unknown";
        if (seconds < 1) return $"{Significant(1000 * seconds)} ms";
        if (seconds < 10) return $"{seconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
        TimeSpan time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time switch
        {
            { TotalMinutes: < 1 } => $"{time.Seconds} s",
            { TotalHours: < 1 } => $"{time.Minutes} min{(time.Seconds > 0 ? $" {time.Seconds} s" : "")}",
            { TotalDays: < 1 } => $"{time.Hours} h{(time.Minutes > 0 ? $" {time.Minutes} min" : "")}",
            _ => $"{(int)time.TotalDays} d{(time.Hours > 0 ? $" {time.Hours} h" : "")}",
        };
    }
}
