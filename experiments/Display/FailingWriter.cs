namespace MiniGrad.Experiments.Display;

/// <summary>Standard output: an error on it says so.</summary>
/// <param name="inner">Where to.</param>
internal sealed class FailingWriter(TextWriter inner) : AroundWriter(inner)
{
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            base.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputStream.Failed(e);
        }
    }
}
