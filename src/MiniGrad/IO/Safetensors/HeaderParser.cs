using System.Text.Json;
using System.Text.Unicode;

namespace MiniGrad.IO;

/// <summary>Reads and checks a header. Two passes: the first counts, so that the second allocates once.</summary>
internal static class HeaderParser
{
    private const int MaxDepth = 3;
    private const string MetadataName = "__metadata__";

    /// <summary>Checks a header against the bytes of data behind it.</summary>
    /// <exception cref="SafetensorsException">It breaks a rule of the format.</exception>
    public static SafetensorsHeader Parse(byte[] bytes, long dataLength)
    {
        if (!Utf8.IsValid(bytes)) throw new SafetensorsException("the header is not UTF-8");
        if (bytes is not [(byte)'{', ..]) throw new SafetensorsException("the header does not begin with '{'");
        try
        {
            var text = new HeaderText(bytes);
            (int tensors, int metadata) = Count(bytes);
            var entries = new HeaderEntry[tensors];
            var metadataNames = new int[metadata];
            Fill(text, entries, metadataNames);
            text.RequireDistinct(metadataNames, "metadata key");
            RequireCover(text, entries, dataLength);
            return new SafetensorsHeader(text, entries, Order(text, entries), metadataNames);
        }
        catch (JsonException e)
        {
            throw new SafetensorsException($"the header is not the JSON that the format asks for: byte {e.BytePositionInLine + 1} of line {e.LineNumber + 1}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException)
        {
            throw new SafetensorsException("the header is not the JSON that the format asks for: a value is of the wrong kind, or too large", e);
        }
    }

    /// <summary>The sizes of a checked entry.</summary>
    public static long[] Shape(HeaderText text, in HeaderEntry entry)
    {
        var reader = new Utf8JsonReader(text.Bytes.AsSpan(entry.Shape), isFinalBlock: false, default);
        var sizes = new List<long>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number) sizes.Add(reader.GetInt64());
        return [.. sizes];
    }

    private static (int Tensors, int Metadata) Count(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        (int tensors, int metadata) = (0, 0);
        bool inMetadata = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.CurrentDepth == 1)
            {
                inMetadata = reader.ValueTextEquals(MetadataName);
                if (!inMetadata) tensors++;
            }
            else if (reader.CurrentDepth == 2 && inMetadata)
            {
                metadata++;
            }
        }
        return (tensors, metadata);
    }

    private static void Fill(HeaderText text, HeaderEntry[] entries, int[] metadata)
    {
        var reader = new Utf8JsonReader(text.Bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        (int tensor, int key) = (0, 0);
        bool seenMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals(MetadataName))
            {
                int name = text.Close(ref reader);
                entries[tensor++] = TensorEntry.Read(text, ref reader, name);
                continue;
            }
            if (seenMetadata) throw new SafetensorsException($"'{MetadataName}' stands twice in the header");
            seenMetadata = true;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new SafetensorsException($"'{MetadataName}' is not an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                metadata[key++] = text.Close(ref reader);
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw new SafetensorsException($"'{MetadataName}' holds a value that is not a string");
                text.Close(ref reader);
            }
        }
        reader.Read(); // what follows the object must be white space
    }

    private static void RequireCover(HeaderText text, HeaderEntry[] entries, long dataLength)
    {
        Array.Sort(entries, (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (ref readonly HeaderEntry entry in entries.AsSpan())
        {
            if (entry.Begin != end)
            {
                string what = entry.Begin < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new SafetensorsException($"tensor '{text.ShortAt(entry.Name)}' begins at byte {entry.Begin}, which {what}; expected {end}");
            }
            end = entry.End;
        }
        if (end != dataLength) throw new SafetensorsException($"the tensors end at byte {end} of the data, which has {dataLength}; the file is {(end > dataLength ? "cut short" : "followed by other bytes")}");
    }

    private static int[] Order(HeaderText text, HeaderEntry[] entries)
    {
        var order = new int[entries.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => text.At(entries[a].Name).SequenceCompareTo(text.At(entries[b].Name)));
        for (int i = 1; i < order.Length; i++)
        {
            if (text.At(entries[order[i - 1]].Name).SequenceEqual(text.At(entries[order[i]].Name))) throw new SafetensorsException($"tensor '{text.ShortAt(entries[order[i]].Name)}' stands twice in the header");
        }
        return order;
    }
}
