using System.Text;
using MiniGrad.IO;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.IO;

/// <summary>Files that someone damaged, or made to do damage.</summary>
public sealed class SafetensorsFuzzTests
{
    private static readonly string[] Words = ["\"", "{", "}", "[", "]", ",", ":", "\\u0000", "\\", "0", "-1", "9223372036854775807", "18446744073709551615", "1e9", "null", "true", "__metadata__", "dtype", "shape", "data_offsets", "F32", "F4", "U8", "é", "\n"];

    [Fact]
    [Trait("Category", "Slow")]
    public void Mutated_files_are_refused_or_sound_and_cost_at_most_twice_their_size()
    {
        const ulong seed = 6;
        int files = Effort.Of(4_000, 100_000), parsed = 0;
        byte[][] seeds = [.. Enumerable.Range(0, 8).Select(i => Valid((ulong)i))];
        var random = new CounterRandom(seed, 0);
        ulong draw = 0;
        for (int i = 0; i < files; i++)
        {
            byte[] file = Mutate([.. seeds[Next(seeds.Length)]], Next);
            if (RawSafetensors.RefusedOrSound(file)) parsed++;
            long cost = Cost(file);
            Assert.True(cost <= 2L * file.Length + (1 << 20), $"file {i} of seed {seed}: {cost} bytes for a file of {file.Length}");
        }
        // A mutation that never left a file whole, or always did, would test nothing.
        Assert.InRange(parsed, files / 100, files * 9 / 10);

        int Next(int below) => (int)random.Below(below, draw++);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_header_of_very_many_entries_costs_at_most_twice_the_file(int kind)
    {
        byte[] file = RawSafetensors.File(Crowd(kind, Effort.Of(40_000, 400_000)), kind == 3 ? 1 : 0);
        long cost = Cost(file);
        Assert.True(cost <= 2L * file.Length + (1 << 20), $"{cost} bytes for a file of {file.Length}");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] file = Valid(1);
        for (int length = 0; length < file.Length; length++) RawSafetensors.Refusal(file[..length]);
    }

    [Fact]
    public void Random_files_round_trip()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new CounterRandom(seed, 1);
            SafetensorsSource[] sources = Sources(random);
            using var stream = new MemoryStream();
            SafetensorsDigests digests = SafetensorsWriter.Write(stream, sources, new Dictionary<string, string> { ["seed"] = $"{seed} é \" \\" });
            using SafetensorsFile file = RawSafetensors.Open(stream.ToArray());
            Assert.Equal(sources.Length, file.Header.Count);
            Assert.Equal($"{seed} é \" \\", file.Header.Metadata["seed"]);
            foreach (SafetensorsSource source in sources)
            {
                using var expected = new MemoryStream();
                source.Write(expected);
                SafetensorsTensor tensor = file.Get(source.Name);
                var actual = new byte[tensor.ByteCount];
                file.ReadBytes(tensor, 0, actual);
                Assert.Equal(source.Shape, tensor.Shape);
                Assert.Equal(source.Type, tensor.Type);
                Assert.Equal(expected.ToArray(), actual);
                Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(actual)), digests.Tensors[source.Name]);
            }
        }
    }

    [Fact]
    public void Tensors_are_aligned_whatever_their_order()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsSource.Of("bits", SafetensorsType.U8, [3], () => new byte[3]), SafetensorsSource.Of("weight", [2], () => new float[2])]);
        byte[] bytes = stream.ToArray();
        using SafetensorsFile file = RawSafetensors.Open(bytes);
        Assert.Equal(0, file.Get("weight").Offset);
        Assert.Equal(0, (bytes.Length - 11) % 8);
    }

    private static long Cost(byte[] file)
    {
        var stream = new MemoryStream(file, writable: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            SafetensorsFile.Open(stream, "test").Dispose();
        }
        catch (SafetensorsException)
        {
            // Refusing must not cost more than reading.
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Valid(ulong seed)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, Sources(new CounterRandom(seed, 2)), seed % 2 == 0 ? null : new Dictionary<string, string> { ["format"] = "pt", ["é"] = "x" });
        return stream.ToArray();
    }

    private static SafetensorsSource[] Sources(CounterRandom random)
    {
        ulong draw = 0;
        SafetensorsType[] types = [SafetensorsType.F32, SafetensorsType.F16, SafetensorsType.U8, SafetensorsType.I64, SafetensorsType.BF16];
        return [.. Enumerable.Range(0, (int)random.Below(6, draw++)).Select(i =>
        {
            SafetensorsType type = types[random.Below(types.Length, draw++)];
            long[] shape = [.. Enumerable.Range(0, (int)random.Below(4, draw++)).Select(_ => random.Below(4, draw++))];
            var bytes = new byte[shape.Aggregate(1L, (a, b) => a * b) * type.Bits() / 8];
            for (int b = 0; b < bytes.Length; b++) bytes[b] = (byte)random.Below(256, draw++);
            return SafetensorsSource.Of($"layer.{i}/\"ä", type, shape, () => bytes);
        })];
    }

    private static byte[] Mutate(byte[] file, Func<int, int> next)
    {
        var bytes = new List<byte>(file);
        int header = (int)BitConverter.ToUInt64(file);
        for (int change = next(3); change >= 0 && bytes.Count > 0; change--)
        {
            int at = next(4) == 0 ? next(bytes.Count) : next(Math.Min(bytes.Count, 8 + header));
            switch (next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << next(8));
                    break;
                case 1:
                    bytes[at] = (byte)next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + next(20)));
                    break;
                case 3:
                    Insert(bytes, at, Encoding.UTF8.GetBytes(Words[next(Words.Length)]), next(2) == 0);
                    break;
                case 4:
                    Insert(bytes, at, [.. bytes.Skip(next(bytes.Count)).Take(next(60))], next(2) == 0);
                    break;
                default:
                    if (next(2) == 0) bytes[at] = (byte)('0' + next(10));
                    else bytes.RemoveRange(next(bytes.Count), 1);
                    break;
            }
        }
        return [.. bytes];
    }

    // Half of the insertions keep the header's length right, so that they reach the parser behind it.
    private static void Insert(List<byte> bytes, int at, byte[] what, bool adjust)
    {
        bytes.InsertRange(at, what);
        if (!adjust || at < 8 || bytes.Count < 8) return;
        byte[] length = BitConverter.GetBytes(BitConverter.ToUInt64([.. bytes.Take(8)]) + (ulong)what.Length);
        for (int i = 0; i < 8; i++) bytes[i] = length[i];
    }

    // The smallest entries there are: tensors without elements, metadata without values, names all escapes, one long name.
    private static string Crowd(int kind, int count) => kind switch
    {
        0 => "{" + string.Join(",", Enumerable.Range(0, count).Select(i => $"\"{i:x}\":" + """{"dtype":"U8","shape":[0],"data_offsets":[0,0]}""")) + "}",
        1 => "{\"__metadata__\":{" + string.Join(",", Enumerable.Range(0, count).Select(i => $"\"{i:x}\":\"\"")) + "}}",
        2 => "{" + string.Join(",", Enumerable.Range(0, count / 20).Select(i => $"\"{string.Concat(Enumerable.Repeat("\\u0061", 16))}{i:x}\":" + """{"dtype":"U8","shape":[0],"data_offsets":[0,0]}""")) + "}",
        _ => $"{{\"{new string('\\', 2)}{string.Concat(Enumerable.Repeat("\\u00e9", count))}\":" + """{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""",
    };
}
