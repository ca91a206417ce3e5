using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MiniGrad.Optim;

namespace MiniGrad.IO;

/// <summary>
/// A safetensors file, open for reading (github.com/huggingface/safetensors): eight bytes with the length of the header,
/// the header in JSON, the data. The whole header is checked when the file is opened; data is read when asked for.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int ChunkSize = 1 << 16;
    private readonly Stream _stream;
    private readonly string _name;
    private readonly long _data;
    private readonly byte[] _chunk = new byte[ChunkSize];

    private SafetensorsFile(Stream stream, string name, SafetensorsHeader header, long data) => (_stream, _name, Header, _data) = (stream, name, header, data);

    /// <summary>The header.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public IEnumerable<SafetensorsTensor> Tensors => Enumerable.Range(0, Header.Count).Select(i => Header[i]);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">It breaks a rule of the format; the message begins with the file's name.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = InputFile.Open(path);
        try
        {
            return Open(stream, Path.GetFileName(path));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the header of a stream, which belongs to the file from then on.</summary>
    /// <param name="stream">A stream that can seek; the file is all of it.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="SafetensorsException">It breaks a rule of the format.</exception>
    public static SafetensorsFile Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            long length = stream.Length;
            if (length < prefix.Length) throw new SafetensorsException($"the file has {length} bytes; at least 8 are expected, the length of the header");
            stream.Position = 0;
            stream.ReadExactly(prefix);
            ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > SafetensorsHeader.MaxLength) throw new SafetensorsException($"the header claims {headerLength} bytes; at most {SafetensorsHeader.MaxLength} are read");
            long data = prefix.Length + (long)headerLength;
            if (data > length) throw new SafetensorsException($"the header claims {headerLength} bytes, but only {length - prefix.Length} follow; the file is cut short");
            var header = new byte[headerLength];
            stream.ReadExactly(header);
            return new SafetensorsFile(stream, name, HeaderParser.Parse(header, length - data), data);
        }
        catch (Exception e) when (e is SafetensorsException or EndOfStreamException)
        {
            throw new SafetensorsException($"{name}: {e.Message}", e);
        }
    }

    /// <summary>A tensor by name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="SafetensorsException">There is none; the message has the nearest name.</exception>
    public SafetensorsTensor Get(string name) => Header.Find(name) ?? throw new SafetensorsException($"{_name}: there is no tensor '{name}'{Nearest(name)}");

    /// <summary>Whether there is a tensor of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) => (tensor = Header.Find(name)) is not null;

    /// <summary>Reads a tensor of F32, F16, BF16 or F64 as float32, in row-major order.</summary>
    /// <param name="tensor">One of this file's.</param>
    /// <param name="destination">As many elements as it has.</param>
    /// <exception cref="SafetensorsException">It holds other elements, or another number of them.</exception>
    public void Read(SafetensorsTensor tensor, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!FloatConversion.CanRead(tensor.Type)) throw new SafetensorsException($"{_name}: tensor {tensor} is not of floating-point numbers that are read here (F32, F16, BF16, F64)");
        if (tensor.Count != destination.Length) throw new SafetensorsException($"{_name}: tensor {tensor} has {tensor.Count} elements; expected {destination.Length}");
        int size = tensor.Type.Bits() / 8;
        _stream.Position = _data + tensor.Offset;
        for (int done = 0; done < destination.Length;)
        {
            int count = Math.Min(ChunkSize / size, destination.Length - done);
            Fill(_chunk.AsSpan(0, count * size));
            FloatConversion.ToFloat(tensor.Type, _chunk.AsSpan(0, count * size), destination.Slice(done, count));
            done += count;
        }
    }

    /// <summary>Reads a tensor as float32, into an array of its own.</summary>
    /// <param name="tensor">One of this file's.</param>
    public float[] ReadFloats(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var values = new float[checked((int)tensor.Count)];
        Read(tensor, values);
        return values;
    }

    /// <summary>Reads a part of a tensor's bytes as they are.</summary>
    /// <param name="tensor">One of this file's.</param>
    /// <param name="offset">First byte, counted from the tensor's first.</param>
    /// <param name="destination">Where to; no more bytes than the tensor has from there.</param>
    public void ReadBytes(SafetensorsTensor tensor, long offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (offset < 0 || destination.Length > tensor.ByteCount - offset) throw new ArgumentOutOfRangeException(nameof(offset), $"{_name}: tensor {tensor} has {tensor.ByteCount} bytes; [{offset}, {offset + destination.Length}) does not lie inside");
        _stream.Position = _data + tensor.Offset + offset;
        Fill(destination);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void Fill(Span<byte> destination)
    {
        try
        {
            _stream.ReadExactly(destination);
        }
        catch (EndOfStreamException e)
        {
            throw new SafetensorsException($"{_name}: became shorter while it was read", e);
        }
    }

    private string Nearest(string name) => NearestName.Of(name, Tensors.Select(t => t.Name)) is { } nearest ? $"; did you mean '{nearest}'?" : "";
}
