using MiniGrad.Optim;

namespace MiniGrad.Experiments;

/// <summary>An error of the user's making: one or two lines that name what was wrong and the nearest fix.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public int ExitCode { get; }

    public static CommandException Usage(string message) => new(Experiments.ExitCode.Usage, message);

    /// <summary>An unknown name, with the nearest known one and the whole list.</summary>
    public static CommandException Unknown(string what, string name, IEnumerable<string> known) => Usage(NearestName.Message(what, name, known));
}
