using System.Buffers.Binary;
using System.Numerics;

namespace MiniGrad.Experiments.TensorBoard;

/// <summary>
/// Writes TensorFlow's record format: per record its length, a checksum of that, the bytes, and a checksum of those; all little
/// endian, the checksums CRC-32C, rotated and shifted as the format asks.
/// </summary>
internal static class RecordWriter
{
    private const uint MaskDelta = 0xa282ead8;

    public static void Write(Stream stream, ReadOnlySpan<byte> record)
    {
        Span<byte> head = stackalloc byte[12], foot = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Masked(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(foot, Masked(record));
        stream.Write(head);
        stream.Write(record);
        stream.Write(foot);
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
