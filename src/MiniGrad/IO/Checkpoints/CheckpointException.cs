namespace MiniGrad.IO;

/// <summary>A checkpoint is damaged, or does not belong to what is to go on from it. The message names the checkpoint and what differs.</summary>
public sealed class CheckpointException : FormatException
{
    /// <summary>An exception.</summary>
    public CheckpointException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What was found, what was expected.</param>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">What was found, what was expected.</param>
    /// <param name="cause">The cause.</param>
    public CheckpointException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
