namespace MiniGrad.Distributed;

/// <summary>Ranks cannot talk to each other, or did not make the same calls. The message names the rank and the call.</summary>
public sealed class CommunicatorException : Exception
{
    /// <summary>An exception.</summary>
    public CommunicatorException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">Rank, call and what went wrong.</param>
    public CommunicatorException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">Rank, call and what went wrong.</param>
    /// <param name="cause">The cause.</param>
    public CommunicatorException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
