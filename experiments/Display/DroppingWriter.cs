namespace MiniGrad.Experiments.Display;

/// <summary>Drops what cannot be written.</summary>
/// <param name="inner">Where it should go.</param>
internal sealed class DroppingWriter(TextWriter inner) : AroundWriter(inner)
{
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            base.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
        }
    }
}
