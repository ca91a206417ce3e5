using System.Buffers.Binary;
using System.Text;
using MiniGrad.Experiments.TensorBoard;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.TensorBoard;

/// <summary>Event files, read by a reader that shares nothing with the writer.</summary>
public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scalars_and_texts_are_read_back()
    {
        using (var file = new EventFile(_folder.Path, 0))
        {
            file.Text(0, "configuration", "**β₂** = 0.95");
            file.Scalars(300, [("loss/train", 1.25), ("loss/validation", double.NaN)]);
        }
        string path = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path), StringComparison.Ordinal);
        List<Fields> events = Records(File.ReadAllBytes(path)).ConvertAll(record => new Fields(record));
        Assert.Equal("brain.Event:2", events[0].Text(3));
        Assert.All(events, e => Assert.InRange(DateTime.UnixEpoch.AddSeconds(e.Double(1)), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(1)));
        Assert.Equal(1UL, events[1].Message(7).Number(1)); // SessionLog.START

        Fields text = events[2].Message(5).Message(1);
        Assert.Equal("configuration", text.Text(1));
        Assert.Equal("text", text.Message(9).Message(1).Text(1));
        Assert.Equal(7UL, text.Message(8).Number(1)); // DT_STRING
        Assert.Equal(1UL, text.Message(8).Message(2).Message(2).Number(1)); // of one element
        Assert.Equal("**β₂** = 0.95", text.Message(8).Text(8));

        Assert.Equal(300UL, events[3].Number(2));
        List<Fields> values = events[3].Message(5).Messages(1);
        Assert.Equal(["loss/train", "loss/validation"], values.Select(v => v.Text(1)));
        Assert.Equal(1.25f, values[0].Float(2));
        Assert.True(float.IsNaN(values[1].Float(2)));
    }

    [Fact]
    public void The_checksum_is_the_published_one() =>
        // RFC 3720, B.4: 32 bytes of zeros.
        Assert.Equal(0x8a9136aau, Crc32C(new byte[32]));

    // Length, masked checksum of the length, the record, masked checksum of the record.
    internal static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] record = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(record);
            at += 16 + length;
        }
        return records;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc32C(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    // Bit by bit, from the reflected polynomial.
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
        }
        return ~crc;
    }

    /// <summary>A protocol buffer's fields by number.</summary>
    internal sealed class Fields
    {
        private readonly List<(int Number, ulong Value, byte[] Bytes)> _fields = [];

        public Fields(byte[] message)
        {
            int at = 0;
            while (at < message.Length)
            {
                ulong key = Varint(message, ref at);
                int number = (int)(key >> 3);
                switch (key & 7)
                {
                    case 0:
                        _fields.Add((number, Varint(message, ref at), []));
                        break;
                    case 1:
                        _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)), []));
                        at += 8;
                        break;
                    case 2:
                        int length = (int)Varint(message, ref at);
                        _fields.Add((number, 0, message[at..(at + length)]));
                        at += length;
                        break;
                    case 5:
                        _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at)), []));
                        at += 4;
                        break;
                    default:
                        Assert.Fail($"wire type {key & 7}");
                        break;
                }
            }
        }

        public ulong Number(int number) => Find(number).Value;

        public double Double(int number) => BitConverter.UInt64BitsToDouble(Find(number).Value);

        public float Float(int number) => BitConverter.UInt32BitsToSingle((uint)Find(number).Value);

        public string Text(int number) => Encoding.UTF8.GetString(Find(number).Bytes);

        public Fields Message(int number) => new(Find(number).Bytes);

        public List<Fields> Messages(int number) => [.. _fields.Where(f => f.Number == number).Select(f => new Fields(f.Bytes))];

        private (int Number, ulong Value, byte[] Bytes) Find(int number) => Assert.Single(_fields, f => f.Number == number);

        private static ulong Varint(byte[] message, ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = message[at++];
                value |= (ulong)(b & 0x7f) << shift;
                if (b < 0x80) return value;
            }
        }
    }
}
