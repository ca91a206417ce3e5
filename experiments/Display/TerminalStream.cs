using System.Text;

namespace MiniGrad.Experiments.Display;

/// <summary>UTF-8 to a writer, a character as soon as all of its bytes are there.</summary>
/// <param name="writer">Where to.</param>
internal sealed class TerminalStream(TextWriter writer) : WriteOnlyStream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(buffer.Length)];
        writer.Write(text.AsSpan(0, _decoder.GetChars(buffer, text, flush: false)));
    }
}
