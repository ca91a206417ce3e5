using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class PngTests
{
    [Fact]
    public void Checksum_is_the_published_one() => Assert.Equal(0xCBF43926u, PngChunks.Crc32(Encoding.ASCII.GetBytes("123456789")));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(33, 5)]
    [InlineData(200, 100)]
    public void Images_come_back_unchanged(int width, int height)
    {
        RgbImage image = Noise(width, height, 3);
        RgbImage back = PngReader.Decode(PngWriter.Encode(image, 192));
        Assert.Equal((width, height), (back.Width, back.Height));
        Assert.Equal(image.Bytes, back.Bytes);
    }

    [Fact]
    public void Resolution_is_recorded_in_dots_per_metre()
    {
        byte[] file = PngWriter.Encode(Noise(2, 2, 1), 192);
        int at = file.AsSpan().IndexOf("pHYs"u8);
        Assert.Equal(7559, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at + 4)));
        Assert.Equal(1, file[at + 12]);
    }

    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        byte[] file = PngWriter.Encode(Noise(5, 4, 2), 192);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] corrupt = [.. file];
            corrupt[i] ^= 0x11;
            Assert.True(Record.Exception(() => PngReader.Decode(corrupt)) is InvalidDataException, $"byte {i} of {file.Length}");
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_noticed()
    {
        byte[] file = PngWriter.Encode(Noise(5, 4, 2), 192);
        for (int length = 0; length < file.Length; length++)
            Assert.True(Record.Exception(() => PngReader.Decode(file.AsSpan(0, length))) is InvalidDataException, $"cut to {length} of {file.Length}");
        Assert.Throws<InvalidDataException>(() => PngReader.Decode([.. file, 0]));
    }

    [Fact]
    public void Wrong_pixels_under_a_right_chunk_checksum_are_noticed()
    {
        byte[] rows = new byte[4 * (1 + 3 * 4)];
        byte[] data = Deflate(rows);
        data[^1] ^= 1;      // the Adler-32
        Assert.Throws<InvalidDataException>(() => PngReader.Decode(Assemble(4, 4, 2, data)));
        Assert.Throws<InvalidDataException>(() => PngReader.Decode(Assemble(4, 4, 2, Deflate(rows[..^1]))));
        Assert.Throws<InvalidDataException>(() => PngReader.Decode(Assemble(4, 4, 2, Deflate([.. rows, 0]))));
        Assert.Equal(16, PngReader.Decode(Assemble(4, 4, 2, Deflate(rows))).Count(default));
    }

    [Fact]
    public void Every_filter_is_undone()
    {
        RgbImage image = new(9, 10, [.. Noise(9, 10, 4).Bytes.ToArray().Select(b => (byte)(b % 4))]);    // few values: ties for the last filter
        byte[] rows = new byte[10 * 28];
        for (int y = 0; y < 10; y++)
        {
            rows[28 * y] = (byte)(y % 5);
            for (int i = 0; i < 27; i++)
                rows[28 * y + 1 + i] = (byte)(At(y, i) - Predict(y % 5, At(y, i - 3), At(y - 1, i), At(y - 1, i - 3)));
        }

        Assert.Equal(image.Bytes, PngReader.Decode(Assemble(9, 10, 2, Deflate(rows))).Bytes);
        rows[0] = 5;
        Assert.Throws<InvalidDataException>(() => PngReader.Decode(Assemble(9, 10, 2, Deflate(rows))));

        int At(int y, int i) => y < 0 || i < 0 ? 0 : image.Bytes[27 * y + i];
    }

    [Fact]
    public void Transparent_pixels_come_out_over_white()
    {
        byte[] row = [0, 10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 51];
        RgbImage image = PngReader.Decode(Assemble(3, 1, 6, Deflate(row)));
        Assert.Equal(new Rgb(10, 20, 30), image[0, 0]);
        Assert.Equal(Rgb.White, image[1, 0]);
        Assert.Equal(new Rgb(204, 204, 204), image[2, 0]);
    }

    [Theory]
    [InlineData(0, 4, 2)]
    [InlineData(4, -1, 2)]
    [InlineData(4, 4, 3)]
    [InlineData(2_000_000_000, 2_000_000_000, 2)]
    public void Other_kinds_and_sizes_are_refused(int width, int height, byte colorType) =>
        Assert.Throws<InvalidDataException>(() => PngReader.Decode(Assemble(width, height, colorType, Deflate([0]))));

    private static int Predict(int filter, int left, int up, int corner)
    {
        int estimate = left + up - corner;
        int[] nearestFirst = [left, up, corner];
        return filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) >> 1, _ => nearestFirst.MinBy(v => Math.Abs(estimate - v)) };
    }

    private static byte[] Assemble(int width, int height, byte colorType, byte[] data)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, colorType, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        PngChunks.Write(file, "IHDR", header);
        PngChunks.Write(file, "IDAT", data.AsSpan(0, data.Length / 2));     // the data may be spread over chunks
        PngChunks.Write(file, "IDAT", data.AsSpan(data.Length / 2));
        PngChunks.Write(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Deflate(byte[] rows)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(rows);
        return stream.ToArray();
    }

    private static RgbImage Noise(int width, int height, int seed)
    {
        byte[] bytes = new byte[3 * width * height];
        new Random(seed).NextBytes(bytes);
        return new RgbImage(width, height, bytes);
    }
}
