using System.Diagnostics;
using System.Globalization;
using MiniGrad.Experiments.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiniGrad.Experiments.Display;

/// <summary>A table with a bar and a curve per run, redrawn a few times a second and never larger than the terminal.</summary>
internal static class LiveTable
{
    private const int OtherLines = 4; // header, a summary of up to two lines, and room for the prompt
    private const int NarrowSummary = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static T Show<T>(IAnsiConsole console, RunMonitor monitor, Func<T> work)
    {
        double? peak = ProductSpeed.Measure(monitor.Device, monitor.Threads, monitor.Precision);
        long start = Stopwatch.GetTimestamp();
        T result = default!;
        console.Live(Current()).AutoClear(false).Start(context =>
        {
            Task<T> task = Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Interval)) Update(context);
            Update(context);
            result = task.GetAwaiter().GetResult();
        });
        return result;

        Rows Current() => Render(monitor.Snapshot(), console.Profile.Out.Width, console.Profile.Out.Height, Stopwatch.GetElapsedTime(start), peak);

        void Update(LiveDisplayContext context)
        {
            (console.Profile.Width, console.Profile.Height) = (console.Profile.Out.Width, console.Profile.Out.Height);
            context.UpdateTarget(Current());
            context.Refresh();
        }
    }

    /// <summary>The table as it stands.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="width">Characters across.</param>
    /// <param name="height">Lines of the terminal.</param>
    /// <param name="elapsed">Time since the runs began.</param>
    /// <param name="peak">Operations a second that are 100 %, or null.</param>
    public static Rows Render(IReadOnlyList<RunStatus> runs, int width, int height, TimeSpan elapsed, double? peak)
    {
        // The last column stays free: a line that fills it moves some terminals' cursor on.
        LiveColumns columns = LiveColumns.For(runs, width - 1, peak);
        int lines = columns.Curve > 0 && height - OtherLines >= 2 * runs.Count ? 2 : 1;
        (int from, int count) = Window(runs, (height - OtherLines) / lines);
        (double lowest, double highest) = Range(runs);
        return new Rows([
            Header(columns),
            .. runs.Skip(from).Take(count).SelectMany(run => Row(run, columns, lines, lowest, highest)),
            new Text(Summary(runs, from, count, width, elapsed, peak)),
        ]);
    }

    private static string Summary(IReadOnlyList<RunStatus> runs, int from, int count, int width, TimeSpan elapsed, double? peak)
    {
        PlanProgress progress = PlanProgress.Of(runs, elapsed);
        string left = progress.Left is { } time ? Duration(time) : "…";
        string shown = count < runs.Count ? $" · runs {from + 1}–{from + count} of {runs.Count}" : "";
        // All is done when the last run has ended, not when it has taken its last step.
        string done = (progress.Ended == progress.Runs ? 100 : Math.Min(99, Math.Floor(100 * progress.Done))).ToString("F0", CultureInfo.InvariantCulture);
        string full = $"{progress.Ended} of {progress.Runs} runs, {done} % · {Duration(elapsed)} gone · {left} left{shown}";
        if (width < NarrowSummary) return $"{progress.Ended} of {progress.Runs} runs, {done} %, {left} left";
        string speed = peak is { } flops ? string.Create(CultureInfo.InvariantCulture, $" · peak: products at {flops / 1e9:F0} GFLOP/s") : "";
        return full.Length + speed.Length < width ? full + speed : full;
    }

    // Where not all runs fit: those from the last finished one on.
    private static (int From, int Count) Window(IReadOnlyList<RunStatus> runs, int rows)
    {
        int count = Math.Clamp(rows, 1, runs.Count);
        int ended = runs.TakeWhile(run => run.State is RunState.Finished or RunState.Diverged).Count();
        return (Math.Clamp(ended - 1, 0, runs.Count - count), count);
    }

    // One range for all curves, so that they compare.
    private static (double Lowest, double Highest) Range(IReadOnlyList<RunStatus> runs)
    {
        double[] losses = [.. runs.SelectMany(run => run.Trail.Over(LossTrail.Parts)).Where(double.IsFinite)];
        return losses.Length == 0 ? (0, 0) : (losses.Min(), losses.Max());
    }

    private static Text Header(LiveColumns columns) =>
        new($"{"run".PadRight(columns.Label + 1 + columns.Bar)}{string.Concat(columns.Numbers.Select(c => $" {c.Header.PadLeft(c.Width)}"))}{(columns.Curve > 0 ? " training loss" : "")}", new Style(decoration: Decoration.Dim));

    private static IEnumerable<IRenderable> Row(RunStatus run, LiveColumns columns, int lines, double lowest, double highest)
    {
        string[] curve = columns.Curve > 0 ? BrailleCurve.Lines(run.Trail.Over(columns.Curve * BrailleCurve.Across), lowest, highest, lines) : [""];
        int full = (int)Math.Round(columns.Bar * run.Done);
        string colour = Colour(run.State), name = LiveColumns.Shortened(run.Run.Label, columns.Label).PadRight(columns.Label);
        string numbers = string.Concat(columns.Numbers.Select(c => $" {c.Text(run).PadLeft(c.Width)}"));
        string bar = $"[{colour}]{new string('━', full)}[/][grey]{new string('─', columns.Bar - full)}[/]";
        yield return new Markup($"{Markup.Escape(name)} {bar}{Markup.Escape(numbers)} [{colour}]{curve[0]}[/]");
        if (lines > 1) yield return new Markup($"{new string(' ', columns.Label + 1 + columns.Bar + numbers.Length)} [{colour}]{curve[1]}[/]");
    }

    private static string Colour(RunState state) => state switch
    {
        RunState.Diverged => "red",
        RunState.Interrupted => "yellow",
        RunState.Finished => "green",
        _ => "blue",
    };

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
