namespace MiniGrad.Mpi;

/// <summary>There is no usable MPI library, or it does not see the ranks that the launcher started.</summary>
public sealed class MpiException : Exception
{
    /// <summary>An exception.</summary>
    public MpiException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What was found, what was expected, the nearest fix.</param>
    public MpiException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">What was found, what was expected, the nearest fix.</param>
    /// <param name="cause">The cause.</param>
    public MpiException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
