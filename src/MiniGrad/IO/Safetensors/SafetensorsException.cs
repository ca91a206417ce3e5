namespace MiniGrad.IO;

/// <summary>A file is not safetensors, or not what is asked of it. The message says what was found and what was expected.</summary>
public sealed class SafetensorsException : FormatException
{
    /// <summary>An exception.</summary>
    public SafetensorsException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What was found, what was expected.</param>
    public SafetensorsException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">What was found, what was expected.</param>
    /// <param name="cause">The cause.</param>
    public SafetensorsException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
