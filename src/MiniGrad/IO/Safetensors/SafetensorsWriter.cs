using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniGrad.IO;

/// <summary>A tensor that is to be written; its data is asked for when its turn comes, so that one at a time is in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Write">Writes its elements, little-endian and row-major.</param>
public sealed record SafetensorsSource(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>A tensor of float32.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="values">Its values, asked for once.</param>
    public static SafetensorsSource Of(string name, IReadOnlyList<long> shape, Func<ReadOnlyMemory<float>> values) => new(name, SafetensorsType.F32, shape, stream =>
    {
        ReadOnlySpan<float> span = values().Span;
        var chunk = new byte[Math.Min(1 << 16, sizeof(float) * span.Length)];
        while (!span.IsEmpty)
        {
            int count = Math.Min(span.Length, chunk.Length / sizeof(float));
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteSingleLittleEndian(chunk.AsSpan(sizeof(float) * i), span[i]);
            stream.Write(chunk, 0, sizeof(float) * count);
            span = span[count..];
        }
    });

    /// <summary>A tensor of any type, from its bytes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">What its elements are.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="bytes">Its elements, little-endian and row-major, asked for once.</param>
    public static SafetensorsSource Of(string name, SafetensorsType type, IReadOnlyList<long> shape, Func<ReadOnlyMemory<byte>> bytes) => new(name, type, shape, stream => stream.Write(bytes().Span));
}

/// <summary>The SHA-256 of a written file's parts, in lower-case hexadecimal.</summary>
/// <param name="Header">Of the eight bytes of its length and the header.</param>
/// <param name="Tensors">Of each tensor's bytes, by name.</param>
public sealed record SafetensorsDigests(string Header, IReadOnlyDictionary<string, string> Tensors);

/// <summary>Writes safetensors files: the data in descending size of the elements and then in the order given, so that every tensor is aligned.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Free text.</param>
    /// <exception cref="ArgumentException">A name stands twice or is reserved, or a source writes another number of bytes than its shape has.</exception>
    /// <exception cref="SafetensorsException">A shape is too large to count, or the header is longer than the format allows.</exception>
    public static SafetensorsDigests Write(Stream stream, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsSource[] ordered = [.. tensors.OrderByDescending(t => t.Type.Bits())];
        byte[] header = Header(ordered, metadata);
        stream.Write(header);
        var digests = new Dictionary<string, string>();
        foreach (SafetensorsSource tensor in ordered)
        {
            using var hash = new HashingStream(stream);
            tensor.Write(hash);
            long expected = SafetensorsTypes.ByteCount(tensor.Type, [.. tensor.Shape], tensor.Name);
            if (hash.Length != expected) throw new ArgumentException($"tensor '{tensor.Name}' wrote {hash.Length} bytes; its shape ({string.Join(",", tensor.Shape)}) of {tensor.Type} has {expected}");
            digests.Add(tensor.Name, hash.Sha256());
        }
        return new SafetensorsDigests(Convert.ToHexStringLower(SHA256.HashData(header)), digests);
    }

    private static byte[] Header(SafetensorsSource[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(writer, metadata);
            long offset = 0;
            var names = new HashSet<string> { "__metadata__" };
            foreach (SafetensorsSource tensor in tensors)
            {
                if (!names.Add(tensor.Name)) throw new ArgumentException($"tensor '{tensor.Name}' stands twice, or the name is reserved");
                offset = WriteTensor(writer, tensor, offset);
            }
            writer.WriteEndObject();
        }
        long length = (json.Length + Alignment - 1) / Alignment * Alignment;
        if (length > SafetensorsHeader.MaxLength) throw new SafetensorsException($"the header would have {length} bytes; the format allows {SafetensorsHeader.MaxLength}");
        var header = new byte[sizeof(ulong) + length];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        header.AsSpan(sizeof(ulong)).Fill((byte)' ');
        json.GetBuffer().AsSpan(0, (int)json.Length).CopyTo(header.AsSpan(sizeof(ulong)));
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata)
    {
        writer.WriteStartObject("__metadata__");
        foreach ((string key, string value) in metadata) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static long WriteTensor(Utf8JsonWriter writer, SafetensorsSource tensor, long offset)
    {
        long end = checked(offset + SafetensorsTypes.ByteCount(tensor.Type, [.. tensor.Shape], tensor.Name));
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", tensor.Type.FormatName());
        writer.WriteStartArray("shape");
        foreach (long size in tensor.Shape) writer.WriteNumberValue(size);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return end;
    }
}
