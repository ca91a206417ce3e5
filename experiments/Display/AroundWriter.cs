using System.Text;

namespace MiniGrad.Experiments.Display;

/// <summary>A writer that does something to all that is written to another.</summary>
/// <param name="inner">The other.</param>
internal abstract class AroundWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override string NewLine => "\n";

    public sealed override void Write(char value) => Write([value]);

    public sealed override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public sealed override void Write(string? value) => Write(value.AsSpan());

    public sealed override void WriteLine() => Write("\n".AsSpan());

    // One call, so that lines of two threads are not mixed.
    public sealed override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(buffer);

    public override void Flush() => inner.Flush();
}
