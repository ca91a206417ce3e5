using System.Text;
using Spectre.Console;

namespace MiniGrad.Experiments.Display;

/// <summary>Standard error as a console's output, with that terminal's own size: standard output may be a file.</summary>
internal sealed class TerminalOutput : IAnsiConsoleOutput
{
    public TextWriter Writer { get; } = StandardStreams.Display();

    public bool IsTerminal => !Console.IsErrorRedirected;

    public int Width => TerminalSize.OfError().Columns;

    public int Height => TerminalSize.OfError().Rows;

    public void SetEncoding(Encoding encoding)
    {
    }
}
