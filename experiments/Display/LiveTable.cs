using System.Diagnostics;
using System.Globalization;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiniGrad.Experiments.Display;

/// <summary>A table with a bar per run, redrawn a few times a second.</summary>
internal static class LiveTable
{
    private const int LongestBar = 18;
    private const int ShortestBar = 4;
    private const int NumbersWidth = 44; // of the six columns behind the bar, with the gaps
    private const int OtherLines = 4; // header, caption, and room for the prompt
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static T Show<T>(IAnsiConsole console, RunMonitor monitor, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = default!;
        console.Live(Render(console, monitor, TimeSpan.Zero)).AutoClear(false).Start(context =>
        {
            Task<T> task = Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Interval)) Update(context);
            Update(context);
            result = task.GetAwaiter().GetResult();
        });
        return result;

        void Update(LiveDisplayContext context)
        {
            context.UpdateTarget(Render(console, monitor, Stopwatch.GetElapsedTime(start)));
            context.Refresh();
        }
    }

    private static Table Render(IAnsiConsole console, RunMonitor monitor, TimeSpan elapsed)
    {
        IReadOnlyList<RunStatus> runs = monitor.Snapshot();
        PlanProgress progress = PlanProgress.Of(runs, elapsed);
        string left = progress.Left is { } time ? Duration(time) : "…";
        (int from, int count) = Window(runs, console.Profile.Height - OtherLines);
        string shown = count < runs.Count ? $" · runs {from + 1}–{from + count} of {runs.Count}" : "";
        int bar = Math.Clamp(console.Profile.Width - runs.Max(run => run.Run.Label.Length) - NumbersWidth, ShortestBar, LongestBar);
        Table table = new Table().Border(TableBorder.None).Caption(new TableTitle($"{progress.Ended} of {progress.Runs} runs, {progress.Done:P0} · {Duration(elapsed)} gone · {left} left{shown}"));
        foreach (string header in (string[])["run", "", "step", "train", "valid.", "lr", "|g|", "tokens/s"])
        {
            TableColumn column = new TableColumn(new Text(header, new Style(decoration: Decoration.Dim))).NoWrap().Padding(0, 0, 1, 0);
            table.AddColumn(header is "run" or "" ? column : column.RightAligned());
        }
        foreach (RunStatus run in runs.Skip(from).Take(count)) table.AddRow(Row(run, bar));
        return table;
    }

    // Where not all runs fit: those from the last finished one on.
    private static (int From, int Count) Window(IReadOnlyList<RunStatus> runs, int lines)
    {
        int count = Math.Clamp(lines, 1, runs.Count);
        int active = runs.TakeWhile(run => run.State is RunState.Finished or RunState.Diverged).Count();
        return (Math.Clamp(active - 1, 0, runs.Count - count), count);
    }

    private static IRenderable[] Row(RunStatus run, int bar)
    {
        StepMetrics? last = run.Last;
        return
        [
            new Text(run.Run.Label) { Overflow = Overflow.Ellipsis },
            Bar(run, bar),
            Cell(last?.Step, "0"),
            Cell(last?.TrainLoss, "F3"),
            Cell(run.ValidationLoss, "F3"),
            Cell(last?.LearningRate, "G3"),
            Cell(last?.GradientNorm, "F2"),
            Cell(last is null ? null : last.Tokens / Math.Max(1e-9, last.Seconds), "N0"),
        ];
    }

    private static Text Cell(double? value, string format) => new(value?.ToString(format, CultureInfo.InvariantCulture) ?? "");

    private static Markup Bar(RunStatus run, int width)
    {
        int full = (int)Math.Round(width * run.Done);
        string colour = run.State switch
        {
            RunState.Diverged => "red",
            RunState.Interrupted => "yellow",
            RunState.Finished => "green",
            _ => "blue",
        };
        return new Markup($"[{colour}]{new string('━', full)}[/][grey]{new string('─', width - full)}[/]");
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
