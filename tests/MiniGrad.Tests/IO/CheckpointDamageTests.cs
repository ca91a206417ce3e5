using MiniGrad.IO;
using MiniGrad.Randomness;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Training;

namespace MiniGrad.Tests.IO;

/// <summary>A checkpoint of ours that is not what was written is refused, whatever happened to it.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _checkpoint;
    private readonly Dictionary<string, byte[]> _files;

    public CheckpointDamageTests()
    {
        using var run = new SavedRun(_folder.In("run"), stopAfter: 2);
        run.Train();
        _checkpoint = run.Store.FolderOf(2);
        _files = Directory.GetFiles(_checkpoint).ToDictionary(path => path, File.ReadAllBytes);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_single_bit_flip_is_refused()
    {
        const ulong seed = 4;
        Assert.Equal(5, _files.Count);
        Checkpoint.Open(_checkpoint);
        var random = new CounterRandom(seed, 0);
        string[] paths = [.. _files.Keys.Order(StringComparer.Ordinal)];
        for (ulong i = 0; i < 1000; i++)
        {
            // Every other one in a file chosen first, so that small files are hit, too; the others anywhere, by size.
            string path = i % 2 == 0 ? paths[random.Below(paths.Length, 3 * i)] : AtByte(random.Below((int)_files.Values.Sum(f => f.LongLength), 3 * i));
            byte[] bytes = [.. _files[path]];
            long bit = random.Below(8 * bytes.Length, (3 * i) + 1);
            bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            AssertRefused(path, bytes, $"seed {seed}, flip {i}: bit {bit} of {Path.GetFileName(path)}");
        }

        string AtByte(long at)
        {
            foreach (string path in paths)
            {
                if (at < _files[path].Length) return path;
                at -= _files[path].Length;
            }
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach ((string path, byte[] bytes) in _files)
        {
            // All lengths of the small files and of the headers; of the data every 997th, or all.
            int step = Effort.Of(997, 1);
            for (int length = 0; length < bytes.Length; length += length < 600 ? Effort.Of(7, 1) : step) AssertRefused(path, bytes[..length], $"{Path.GetFileName(path)} cut to {length} of {bytes.Length}");
            AssertRefused(path, bytes[..^1], $"{Path.GetFileName(path)} without its last byte");
            AssertRefused(path, [.. bytes, (byte)'\n'], $"{Path.GetFileName(path)} with a byte more");
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        foreach (string path in _files.Keys)
        {
            File.Delete(path);
            Assert.Contains(Path.GetFileName(path), Assert.Throws<CheckpointException>(() => Checkpoint.Open(_checkpoint)).Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, _files[path]);
        }
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("a/../../outside.json")]
    [InlineData("/etc/hostname")]
    [InlineData("..")]
    [InlineData("a\\b")]
    public void A_name_never_leads_out_of_the_folder(string name)
    {
        string outside = _folder.File("run/outside.json", "{}");
        byte[] forged = DigestFile.Write([(DigestFile.FilePart(name), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(outside))))]);
        File.WriteAllBytes(Path.Combine(_checkpoint, Checkpoint.DigestsFile), forged);
        Assert.Contains("not a plain file name", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_checkpoint)).Message, StringComparison.Ordinal);

        CheckpointContent content = CheckpointFaultTests.Content(5);
        var store = new CheckpointStore(_folder.In("other/store"));
        Assert.Throws<ArgumentException>(() => store.Save(content with { Files = new Dictionary<string, ReadOnlyMemory<byte>> { [name] = new byte[1] } }));
        Assert.Empty(Directory.GetFiles(_folder.In("other"), "*", SearchOption.AllDirectories));
    }

    private void AssertRefused(string path, byte[] bytes, string what)
    {
        File.WriteAllBytes(path, bytes);
        Exception? refusal = Record.Exception(() => Checkpoint.Open(_checkpoint));
        Assert.True(refusal is CheckpointException, $"{what}: {refusal?.ToString() ?? "was opened"}");
        File.WriteAllBytes(path, _files[path]);
    }
}
