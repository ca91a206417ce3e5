using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace MiniGrad.IO;

/// <summary>
/// JSON documents that others wrote. They are checked as a whole before anything is looked up: UTF-8 (a byte-order mark before
/// it is passed over), no key twice in an object, no half characters, no numbers beyond float64, no more than 64 levels.
/// </summary>
public static class JsonInput
{
    private const int MaxDepth = 64;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file that holds an object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that are read.</param>
    /// <param name="comments">Whether comments and commas before a closing bracket are passed over, as in files that people write.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or is no such document; the message is one line and names the file.</exception>
    public static JsonObject ReadObject(string path, long most = InputFile.MostBytes, bool comments = false) => ParseObject(InputFile.ReadAllBytes(path, most), path, comments);

    /// <summary>Reads a document that is an object.</summary>
    /// <param name="document">Its bytes.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="comments">Whether comments and commas before a closing bracket are passed over.</param>
    /// <exception cref="InvalidDataException">It is no such document.</exception>
    public static JsonObject ParseObject(ReadOnlyMemory<byte> document, string path, bool comments = false) =>
        JsonNode.Parse(Checked(document, path, comments).Span, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = Comments(comments), AllowTrailingCommas = comments }) as JsonObject
        ?? throw new InvalidDataException($"'{path}' is not a JSON object");

    /// <summary>Reads a document of any kind.</summary>
    /// <param name="document">Its bytes.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is not JSON, or breaks a rule above.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> document, string path) => JsonDocument.Parse(Checked(document, path), new JsonDocumentOptions { MaxDepth = MaxDepth });

    /// <summary>The bytes of a document that keeps the rules, without a byte-order mark.</summary>
    /// <param name="document">Its bytes.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="comments">Whether comments and commas before a closing bracket are passed over.</param>
    /// <exception cref="InvalidDataException">It breaks one.</exception>
    public static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> document, string path, bool comments = false)
    {
        if (document.Span.StartsWith(ByteOrderMark)) document = document[ByteOrderMark.Length..];
        if (!Utf8.IsValid(document.Span)) throw new InvalidDataException($"'{path}' is not UTF-8");
        try
        {
            Check(document.Span, path, comments);
            return document;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
    }

    private static JsonCommentHandling Comments(bool comments) => comments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow;

    private static void Check(ReadOnlySpan<byte> document, string path, bool comments)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = Comments(comments), AllowTrailingCommas = comments });
        var keys = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    keys.Push([]);
                    break;
                case JsonTokenType.EndObject:
                    keys.Pop();
                    break;
                case JsonTokenType.PropertyName when Text(ref reader, path) is { } key && !keys.Peek().Add(key):
                    throw new InvalidDataException($"'{path}': the key '{HeaderText.Shorten(key)}' stands twice");
                case JsonTokenType.String when reader.ValueIsEscaped:
                    _ = Text(ref reader, path);
                    break;
                case JsonTokenType.Number when !reader.TryGetDouble(out double number) || !double.IsFinite(number):
                    throw new InvalidDataException($"'{path}': {HeaderText.Shorten(System.Text.Encoding.UTF8.GetString(reader.ValueSpan))} is beyond the numbers that are read");
            }
        }
    }

    private static string Text(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"'{path}': a string has half a character (\\ud800 to \\udfff without its other half)", e);
        }
    }
}
