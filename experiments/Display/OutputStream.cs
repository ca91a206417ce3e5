namespace MiniGrad.Experiments.Display;

/// <summary>Standard output: an error on it says so.</summary>
/// <param name="inner">The stream, or null where the program was started without one.</param>
internal sealed class OutputStream(Stream? inner) : WriteOnlyStream
{
    /// <summary>The error of a write that failed.</summary>
    public static IOException Failed(Exception cause) => new($"standard output cannot be written: {cause.Message.TrimEnd('.')}; files are written", cause);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (inner is null) throw new IOException("standard output is closed: what it was to show is lost, files are written");
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }
}
