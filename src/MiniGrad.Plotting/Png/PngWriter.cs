using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniGrad.Plotting;

/// <summary>Writes 8-bit RGB images as PNG; equal images give equal bytes.</summary>
internal static class PngWriter
{
    private const byte UpFilter = 2;    // plots repeat from row to row

    /// <summary>The file's bytes, with its resolution in a pHYs chunk.</summary>
    internal static byte[] Encode(RgbImage image, double dotsPerInch)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);

        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        (header[8], header[9]) = (8, 2);    // bits a channel; RGB
        PngChunks.Write(file, "IHDR", header);

        Span<byte> physical = stackalloc byte[9];
        int dotsPerMetre = (int)Math.Round(dotsPerInch / 0.0254);
        BinaryPrimitives.WriteInt32BigEndian(physical, dotsPerMetre);
        BinaryPrimitives.WriteInt32BigEndian(physical[4..], dotsPerMetre);
        physical[8] = 1;                    // the unit is the metre
        PngChunks.Write(file, "pHYs", physical);

        PngChunks.Write(file, "IDAT", Compress(image));
        PngChunks.Write(file, "IEND", []);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(RgbImage image)
    {
        int stride = 3 * image.Width;
        ReadOnlySpan<byte> bytes = image.Bytes;
        byte[] row = new byte[1 + stride];
        row[0] = UpFilter;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int y = 0; y < image.Height; y++)
            {
                for (int i = 0; i < stride; i++)
                    row[1 + i] = (byte)(bytes[y * stride + i] - (y > 0 ? bytes[(y - 1) * stride + i] : 0));
                zlib.Write(row);
            }
        }

        return compressed.ToArray();
    }
}
