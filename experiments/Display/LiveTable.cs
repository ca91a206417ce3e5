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
    private const int BarWidth = 18;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static T Show<T>(IAnsiConsole console, RunMonitor monitor, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = default!;
        console.Live(Render(monitor, TimeSpan.Zero)).AutoClear(false).Start(context =>
        {
            Task<T> task = Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Interval)) Update(context);
            Update(context);
            result = task.GetAwaiter().GetResult();
        });
        return result;

        void Update(LiveDisplayContext context)
        {
            context.UpdateTarget(Render(monitor, Stopwatch.GetElapsedTime(start)));
            context.Refresh();
        }
    }

    private static Table Render(RunMonitor monitor, TimeSpan elapsed)
    {
        IReadOnlyList<RunStatus> runs = monitor.Snapshot();
        double done = runs.Sum(run => Done(run, monitor.StepsPerRun)) / runs.Count;
        string left = done > 0.01 ? Duration(elapsed * ((1 - done) / done)) : "…";
        Table table = new Table().Border(TableBorder.None).Caption(new TableTitle($"{done:P0} · {Duration(elapsed)} gone · {left} left"));
        foreach (string header in (string[])["run", "", "step", "train", "validation", "lr", "|g|", "tokens/s"])
        {
            TableColumn column = new(new Text(header, new Style(decoration: Decoration.Dim)));
            table.AddColumn(header is "run" or "" ? column.NoWrap() : column.RightAligned().NoWrap());
        }
        foreach (RunStatus run in runs) table.AddRow(Row(run, monitor.StepsPerRun));
        return table;
    }

    private static IRenderable[] Row(RunStatus run, int steps)
    {
        StepMetrics? last = run.Last;
        return
        [
            new Text(run.Run.Label),
            Bar(run, steps),
            Cell(last?.Step, "0"),
            Cell(last?.TrainLoss, "F3"),
            Cell(run.ValidationLoss, "F3"),
            Cell(last?.LearningRate, "G3"),
            Cell(last?.GradientNorm, "F2"),
            Cell(last is null ? null : last.Tokens / Math.Max(1e-9, last.Seconds), "N0"),
        ];
    }

    private static Text Cell(double? value, string format) => new(value?.ToString(format, CultureInfo.InvariantCulture) ?? "");

    private static Markup Bar(RunStatus run, int steps)
    {
        int full = (int)Math.Round(BarWidth * Done(run, steps));
        string colour = run.State switch
        {
            RunState.Diverged => "red",
            RunState.Interrupted => "yellow",
            RunState.Finished => "green",
            _ => "blue",
        };
        return new Markup($"[{colour}]{new string('━', full)}[/][grey]{new string('─', BarWidth - full)}[/]");
    }

    private static double Done(RunStatus run, int steps) => run.State is RunState.Finished or RunState.Diverged ? 1 : (double)(run.Last?.Step ?? 0) / steps;

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
