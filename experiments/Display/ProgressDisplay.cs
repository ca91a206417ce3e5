using MiniGrad.Experiments.Running;
using Spectre.Console;

namespace MiniGrad.Experiments.Display;

/// <summary>Shows runs while they train: a live table on a terminal, plain lines elsewhere. Always on standard error.</summary>
internal static class ProgressDisplay
{
    /// <summary>A console on standard error that writes no escape codes where nobody would interpret them.</summary>
    public static IAnsiConsole StandardError()
    {
        bool plain = Console.IsErrorRedirected;
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = plain ? new AnsiConsoleOutput(Console.Error) : new TerminalOutput(),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
    }

    /// <summary>Runs the work and shows its progress until it returns.</summary>
    public static T Show<T>(RunMonitor monitor, bool live, Func<T> work)
    {
        IAnsiConsole console = StandardError();
        if (!live || Console.IsErrorRedirected || !console.Profile.Capabilities.Ansi)
        {
            monitor.Milestone += status => PlainLines.Write(status, monitor.Progress);
            return work();
        }
        return LiveTable.Show(console, monitor, work);
    }
}
