using System.Text;

namespace MiniGrad.Experiments.Display;

/// <summary>Writes control characters as escapes; lines and columns stay.</summary>
/// <param name="inner">Where to.</param>
internal sealed class EscapingWriter(TextWriter inner) : AroundWriter(inner)
{
    public override void Write(ReadOnlySpan<char> buffer)
    {
        var text = new StringBuilder(buffer.Length);
        foreach (char c in buffer)
        {
            if (Shown.IsHidden(c) && c is not ('\n' or '\t')) text.Append(Shown.Escape(c));
            else text.Append(c);
        }
        base.Write(text.ToString().AsSpan());
    }
}
