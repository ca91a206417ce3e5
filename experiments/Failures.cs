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
        IOException or UnauthorizedAccessException => (ExitCode.InputOutput, exception.Message),
        OverflowException => (ExitCode.Usage, "the model, the batch or the shape is too large to count its elements; make it smaller"),
        InsufficientMemoryException or OutOfMemoryException => (ExitCode.InputOutput, $"{FirstLine(exception)}; use a smaller --micro-batch, --profile or --jobs"),
        _ => (ExitCode.ClaimFailed, $"{FirstLine(exception)} (a bug; --debug shows where)"),
    };

    private static string FirstLine(Exception e) => e.Message.ReplaceLineEndings(" ");
}
