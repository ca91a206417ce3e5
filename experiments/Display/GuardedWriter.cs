namespace MiniGrad.Experiments.Display;

/// <summary>A writer whose errors are dropped, or said in the program's words.</summary>
/// <param name="inner">Where to.</param>
/// <param name="failed">The error to throw for one of the system; null drops what cannot be written.</param>
internal sealed class GuardedWriter(TextWriter inner, Func<Exception, Exception>? failed) : AroundWriter(inner)
{
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            base.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (failed is not null) throw failed(e);
        }
    }

    public override void Flush()
    {
        try
        {
            base.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (failed is not null) throw failed(e);
        }
    }
}
