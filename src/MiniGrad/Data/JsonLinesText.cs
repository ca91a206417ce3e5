using System.Text;
using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>JSON Lines with a text field: one object a line, whose string <c>text</c> is a document.</summary>
internal static class JsonLinesText
{
    private const string Field = "text", BlankLine = "\n\n";

    /// <summary>Whether a file's name says that it is JSON Lines.</summary>
    /// <param name="path">The file.</param>
    public static bool IsJsonLines(string path) => path.EndsWith(".jsonl", StringComparison.Ordinal) || path.EndsWith(".ndjson", StringComparison.Ordinal);

    /// <summary>The documents one after another.</summary>
    /// <param name="lines">The file's text.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="endOfText">What stands between two; by default a blank line.</param>
    /// <exception cref="InvalidDataException">A line is no such object; the message has its number.</exception>
    public static ReadOnlyMemory<byte> Documents(ReadOnlyMemory<byte> lines, string path, string? endOfText)
    {
        byte[] between = Encoding.UTF8.GetBytes(endOfText ?? BlankLine);
        using var text = new MemoryStream(lines.Length);
        int number = 0;
        while (lines.Length > 0)
        {
            number++;
            int end = lines.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            if (text.Length > 0) text.Write(between);
            text.Write(Encoding.UTF8.GetBytes(Document(line, path, number)));
        }
        return text.ToArray();
    }

    private static string Document(ReadOnlyMemory<byte> line, string path, int number)
    {
        try
        {
            using JsonDocument document = JsonInput.Parse(line, path);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(Field, out JsonElement text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new InvalidDataException($"expected an object with a string '{Field}', such as {{\"text\":\"…\"}}");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"corpus: '{path}' line {number}: {e.Message}", e);
        }
    }
}
