using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniGrad.Plotting;

/// <summary>
/// Reads 8-bit RGB and RGBA images from PNG files, checking signature, chunk order, every CRC-32 and the Adler-32 of the pixels;
/// transparent pixels come out over white.
/// </summary>
public static class PngReader
{
    private const int MaxPixels = 100_000_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not a PNG, is corrupt, or is of a kind that is not read here.</exception>
    public static RgbImage Read(string path) => Decode(File.ReadAllBytes(path));

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a PNG, are corrupt, or are of a kind that is not read here.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PngChunks.Signature))
            throw new InvalidDataException("PNG: found another signature; the file is not a PNG");
        (string type, byte[] header, int offset) = PngChunks.Read(file, PngChunks.Signature.Length);
        if (type != "IHDR" || header.Length != 13)
            throw new InvalidDataException($"PNG: found a first chunk {type} of {header.Length} bytes, expected IHDR of 13; the file is corrupt");
        int width = BinaryPrimitives.ReadInt32BigEndian(header), height = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
            throw new InvalidDataException($"PNG: found {width}×{height} pixels, expected 1 to {MaxPixels}");
        int channels = header[9] switch { 2 => 3, 6 => 4, _ => 0 };
        if (header[8] != 8 || channels == 0 || header[10] != 0 || header[11] != 0 || header[12] != 0)
            throw new InvalidDataException($"PNG: found depth {header[8]}, colour type {header[9]}, interlace {header[12]}, expected 8-bit RGB or RGBA without interlace");

        using var compressed = new MemoryStream();
        while (type != "IEND")
        {
            (type, byte[] data, offset) = PngChunks.Read(file, offset);
            if (type == "IDAT")
                compressed.Write(data);
            else if (type != "IEND" && char.IsAsciiLetterUpper(type[0]))
                throw new InvalidDataException($"PNG: found the critical chunk {type}, expected none but IHDR, IDAT and IEND");
        }

        if (offset != file.Length)
            throw new InvalidDataException($"PNG: found {file.Length - offset} bytes after the last chunk; the file is corrupt");
        compressed.Position = 0;
        byte[] rows = Inflate(compressed, height * (1 + channels * width));
        return new RgbImage(width, height, ToRgb(Unfilter(rows, height, channels * width, channels), channels));
    }

    private static byte[] Inflate(Stream compressed, int length)
    {
        byte[] rows = new byte[length];
        using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
        int read = zlib.ReadAtLeast(rows, length, throwOnEndOfStream: false);
        // Reading on to the end is what makes the decompressor compare the checksum.
        if (read != length || zlib.ReadByte() >= 0)
            throw new InvalidDataException($"PNG: found {(read < length ? "fewer" : "more")} than {length} bytes of pixels; the file is corrupt");
        return rows;
    }

    private static byte[] Unfilter(byte[] rows, int height, int stride, int pixel)
    {
        byte[] bytes = new byte[height * stride];
        for (int y = 0; y < height; y++)
        {
            int filter = rows[y * (stride + 1)];
            for (int i = 0; i < stride; i++)
            {
                int left = i >= pixel ? bytes[y * stride + i - pixel] : 0;
                int up = y > 0 ? bytes[(y - 1) * stride + i] : 0;
                int corner = i >= pixel && y > 0 ? bytes[(y - 1) * stride + i - pixel] : 0;
                int prediction = filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => throw new InvalidDataException($"PNG: found filter {filter} in row {y}, expected 0 to 4; the file is corrupt"),
                };
                bytes[y * stride + i] = (byte)(rows[y * (stride + 1) + 1 + i] + prediction);
            }
        }

        return bytes;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - 2 * corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static byte[] ToRgb(byte[] bytes, int channels)
    {
        if (channels == 3)
            return bytes;
        byte[] rgb = new byte[bytes.Length / 4 * 3];
        for (int i = 0; i < bytes.Length / 4; i++)
        {
            int alpha = bytes[4 * i + 3];
            for (int c = 0; c < 3; c++)
                rgb[3 * i + c] = (byte)((bytes[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }

        return rgb;
    }
}
