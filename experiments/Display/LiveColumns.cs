using System.Globalization;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Display;

/// <summary>A number of a run in the live table.</summary>
/// <param name="Header">What stands above it.</param>
/// <param name="Width">Characters.</param>
/// <param name="Text">The number as text; empty where there is none yet.</param>
internal sealed record LiveColumn(string Header, int Width, Func<RunStatus, string> Text);

/// <summary>
/// What of the live table fits a terminal: the run's name, a bar and the validation loss always; then what a reader misses
/// first, as far as there is room.
/// </summary>
/// <param name="Label">Characters of the name.</param>
/// <param name="Bar">Characters of the bar.</param>
/// <param name="Numbers">The numbers, from the left.</param>
/// <param name="Curve">Characters of the curve; 0 for none.</param>
internal sealed record LiveColumns(int Label, int Bar, IReadOnlyList<LiveColumn> Numbers, int Curve)
{
    private const string Separator = " · ";
    private const int LeastLabel = 11, LeastBar = 3, MostBar = 18, LeastCurve = 10, MostCurve = 40;

    /// <summary>The columns of a terminal.</summary>
    /// <param name="runs">What is shown.</param>
    /// <param name="width">Characters across.</param>
    /// <param name="peak">Operations a second that are 100 %, or null where that is not known.</param>
    public static LiveColumns For(IReadOnlyList<RunStatus> runs, int width, double? peak)
    {
        int longest = runs.Max(run => run.Run.Label.Length), digits = Math.Max(4, runs.Max(run => run.Steps).ToString(CultureInfo.InvariantCulture).Length);
        LiveColumn step = new("step", digits, run => Number(run.Last?.Step, "0"));
        LiveColumn train = new("train", 6, run => Number(run.Last?.TrainLoss, "F3"));
        LiveColumn valid = new("valid.", 6, run => Number(run.ValidationLoss, "F3"));
        LiveColumn rate = new("lr", 8, run => Number(run.Last?.LearningRate, "G3"));
        LiveColumn norm = new("|g|", 6, run => Number(run.Last?.GradientNorm, "G3"));
        LiveColumn speed = new("tokens/s", 8, run => Number(TokensPerSecond(run), "N0"));
        LiveColumn share = new("% peak", 6, run => Number(peak is null || run.FlopsPerToken == 0 ? null : 100 * TokensPerSecond(run) * run.FlopsPerToken / peak, "F0"));
        LiveColumn[] order = [step, train, valid, rate, norm, speed, share];
        List<LiveColumn> chosen = [valid];
        int label = Math.Min(LeastLabel, longest), bar = LeastBar, curve = 0;
        int left = width - label - 1 - bar - 1 - valid.Width;
        foreach (LiveColumn column in (LiveColumn[])[step, train, speed])
        {
            if (Takes(column.Width + 1)) chosen.Add(column);
        }
        Widen(ref label, Math.Min(longest, 2 * LeastLabel));
        foreach (LiveColumn column in (LiveColumn[])[rate, norm])
        {
            if (Takes(column.Width + 1)) chosen.Add(column);
        }
        if (peak is not null && Takes(share.Width + 1)) chosen.Add(share);
        Widen(ref label, longest);
        if (left > LeastCurve + 1)
        {
            curve = LeastCurve;
            left -= LeastCurve + 1;
        }
        Widen(ref bar, MostBar);
        if (curve > 0) Widen(ref curve, MostCurve);
        return new LiveColumns(label, bar, [.. order.Where(chosen.Contains)], curve);

        bool Takes(int needed)
        {
            if (left < needed) return false;
            left -= needed;
            return true;
        }

        void Widen(ref int column, int wanted)
        {
            int more = Math.Clamp(wanted - column, 0, Math.Max(0, left));
            (column, left) = (column + more, left - more);
        }
    }

    /// <summary>A name in the room there is: its end, which tells runs apart, stays.</summary>
    public static string Shortened(string label, int width)
    {
        if (label.Length <= width) return label;
        int last = label.LastIndexOf(Separator, StringComparison.Ordinal) is var at and > 0 ? label.Length - at - Separator.Length : 0;
        int tail = Math.Min(last, 2 * width / 3);
        return string.Concat(label.AsSpan(0, Math.Max(0, width - 1 - tail)), "…", label.AsSpan(label.Length - tail));
    }

    private static double? TokensPerSecond(RunStatus run) => run.Last is { Seconds: > 0 } last ? last.Tokens / last.Seconds : null;

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
