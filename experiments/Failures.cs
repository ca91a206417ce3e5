using MiniGrad.Distributed;
using MiniGrad.Mpi;

namespace MiniGrad.Experiments;

/// <summary>Which exit code an exception means, and its one line.</summary>
internal static class Failures
{
    public static (int Code, string Message) Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        CommandException e => (e.ExitCode, e.Message),
        InvalidDataException or IO.SafetensorsException or IO.CheckpointException => (ExitCode.InvalidData, exception.Message),
        ArgumentException e => (ExitCode.Usage, FirstLine(e)),
        MpiException or CommunicatorException => (ExitCode.InputOutput, FirstLine(exception)),
        UnauthorizedAccessException e => (ExitCode.InputOutput, NotPermitted(e.Message)),
        IOException => (ExitCode.InputOutput, exception.Message),
        OverflowException => (ExitCode.Usage, "the model, the batch or the shape is too large to count its elements; make it smaller"),
        InsufficientMemoryException e => (ExitCode.InputOutput, $"{FirstLine(e)}; use a smaller --micro-batch, --profile or --jobs"),
        OutOfMemoryException => (ExitCode.InputOutput, "there is not enough memory for this; use a smaller --micro-batch, --profile or --jobs"),
        _ => (ExitCode.ClaimFailed, $"{FirstLine(exception)} (a bug; --debug shows where)"),
    };

    // In the runtime's words: "Access to the path 'X' is denied."
    private static string NotPermitted(string message)
    {
        const string Begin = "Access to the path '", End = "' is denied";
        if (!message.StartsWith(Begin, StringComparison.Ordinal) || message.IndexOf(End, StringComparison.Ordinal) is not (> 0 and int end)) return message;
        return $"'{message[Begin.Length..end]}' cannot be opened: the system does not permit it; change its permissions, or give another path";
    }

    // The runtime names its own parameters behind a message; users know none of them.
    private static string FirstLine(Exception e)
    {
        string line = e.Message.ReplaceLineEndings(" ");
        return e is ArgumentException { ParamName: { } name } ? line.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : line;
    }
}
