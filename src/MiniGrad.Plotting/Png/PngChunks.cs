using System.Buffers.Binary;
using System.Text;

namespace MiniGrad.Plotting;

/// <summary>The container of a PNG file (ISO/IEC 15948, clause 5): signature, and chunks of length, type, data and CRC-32.</summary>
internal static class PngChunks
{
    internal static readonly byte[] Signature = [137, 80, 78, 71, 13, 10, 26, 10];

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(n => CrcOf((uint)n))];

    internal static void Write(Stream stream, string type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32(chunk.AsSpan(4, 4 + data.Length)));
        stream.Write(chunk);
    }

    /// <summary>The chunk at an offset, checked, and the offset after it.</summary>
    /// <exception cref="InvalidDataException">The chunk is cut off or its checksum is wrong.</exception>
    internal static (string Type, byte[] Data, int Next) Read(ReadOnlySpan<byte> file, int offset)
    {
        if (file.Length - offset < 12)
            throw new InvalidDataException($"PNG: found the end of the file at byte {file.Length}, expected another chunk; the file is cut off");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[offset..]);
        if (length > file.Length - offset - 12)
            throw new InvalidDataException($"PNG: found a chunk of {length} bytes at byte {offset} of {file.Length}, expected it to fit; the file is cut off");
        ReadOnlySpan<byte> body = file.Slice(offset + 4, 4 + (int)length);
        string type = Encoding.ASCII.GetString(body[..4]);
        if (Crc32(body) != BinaryPrimitives.ReadUInt32BigEndian(file[(offset + 8 + (int)length)..]))
            throw new InvalidDataException($"PNG: found a wrong checksum in the {type} chunk at byte {offset}; the file is corrupt");
        return (type, body[4..].ToArray(), offset + 12 + (int)length);
    }

    internal static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcOf(uint c)
    {
        for (int k = 0; k < 8; k++)
            c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        return c;
    }
}
