using MiniGrad.IO;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.IO;

/// <summary>A save that fails at any moment leaves the old checkpoint or the new one, and nothing else after the next start.</summary>
public sealed class CheckpointFaultTests : IDisposable
{
    private const int Enough = 1000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_at_any_operation_leaves_the_old_or_the_new(bool killed)
    {
        int faults = 0;
        bool[] seen = new bool[2];
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < Enough);
            string folder = _folder.In($"{killed}-{failAt}");
            var old = new CheckpointStore(folder);
            old.Save(Content(10));
            old.MarkBest(10, 2);

            var disk = new FaultyDisk(failAt, killed);
            var store = new CheckpointStore(folder, disk);
            IOException? error = null;
            try
            {
                store.Save(Content(20));
                store.MarkBest(20, 1);
                store.Prune(1, 20);
            }
            catch (IOException e)
            {
                error = e;
            }
            if (!disk.HasFailed)
            {
                Assert.Null(error);
                break;
            }
            faults++;
            Assert.NotNull(error); // a fault is never swallowed

            var next = new CheckpointStore(folder);
            next.RemoveLeftovers();
            Assert.NotEmpty(next.Steps);
            Assert.All(next.Steps, step => AssertIs(Content(step), Checkpoint.Open(next.FolderOf(step))));
            Assert.Contains(next.Steps[^1], (long[])[10, 20]);
            Assert.Contains(next.Best!.Value, next.Steps);
            seen[next.Steps[^1] == 20 ? 1 : 0] = true;
            string[] expected = [.. next.Steps.Select(step => $"step-{step:D8}"), "best.json"];
            Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        // Before the rename, and after it; 4 files and a digest, each made, written and flushed, and what is around them.
        Assert.True(faults > 20, $"only {faults} operations");
        Assert.Equal([true, true], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_at_any_operation_leaves_the_old_file_or_the_new(bool killed)
    {
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < Enough);
            string path = _folder.File($"file-{killed}-{failAt}/out.txt", "old");
            var disk = new FaultyDisk(failAt, killed);
            Exception? error = Record.Exception(() => AtomicFile.Write(path, stream => stream.Write("new"u8), disk));
            if (!disk.HasFailed) break;
            Assert.IsType<IOException>(error);
            AtomicFile.RemoveLeftovers(Path.GetDirectoryName(path)!);
            Assert.Contains(File.ReadAllText(path), (string[])["old", "new"]);
            Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        }
    }

    [Fact]
    public void A_save_that_fails_says_what_is_left()
    {
        var store = new CheckpointStore(_folder.Path, new FaultyDisk(Enough, false));
        store.Save(Content(10));
        var broken = new CheckpointStore(_folder.Path, new FaultyDisk(9, false));
        string message = Assert.Throws<IOException>(() => broken.Save(Content(20))).Message;
        Assert.Contains("step 20 could not be saved", message, StringComparison.Ordinal);
        Assert.Contains("the one of step 10 is as it was", message, StringComparison.Ordinal);
        Assert.Equal([10L], broken.Steps);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Only_leftovers_are_removed()
    {
        _folder.File(".out.json.0123abcd.tmp", "x");
        _folder.File("a/.step-00000020.0123abcd.tmp/model.safetensors", "x");
        string[] kept = [_folder.File(".hidden.tmp", "x"), _folder.File("notes.0123abcd.tmp", "x"), _folder.File("a/.out.0123ABCD.tmp", "x")];
        string outside = _folder.File("outside/.out.json.0123abcd.tmp", "x");
        Directory.CreateSymbolicLink(_folder.In("a/link"), _folder.In("outside"));
        AtomicFile.RemoveLeftovers(_folder.In("a"));
        Assert.True(File.Exists(outside));
        AtomicFile.RemoveLeftovers(_folder.Path);
        Assert.Equal(kept.Order(StringComparer.Ordinal), Directory.GetFiles(_folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal));
    }

    internal static CheckpointContent Content(long step) => new()
    {
        Step = step,
        Model = [SafetensorsSource.Of("weight", [2, 3], () => new float[] { step, 1, 2, 3, 4, 5 }), SafetensorsSource.Of("bias", [2], () => new float[] { step, -step })],
        Optimizer = [SafetensorsSource.Of("weight/sign", SafetensorsType.U8, [1], () => new[] { (byte)step }), SafetensorsSource.Of("weight/count", SafetensorsType.I32, [], () => BitConverter.GetBytes((int)step))],
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["config.json"] = "{}"u8.ToArray(), ["training.json"] = System.Text.Encoding.UTF8.GetBytes($"{{\"step\":{step}}}") },
    };

    private static void AssertIs(CheckpointContent content, Checkpoint checkpoint)
    {
        Assert.All(content.Files, file => Assert.Equal(file.Value.ToArray(), checkpoint.ReadFile(file.Key).ToArray()));
        foreach ((string name, IReadOnlyList<SafetensorsSource> sources) in (ReadOnlySpan<(string, IReadOnlyList<SafetensorsSource>)>)[(Checkpoint.ModelFile, content.Model), (Checkpoint.OptimizerFile, content.Optimizer)])
        {
            using SafetensorsFile file = checkpoint.OpenTensors(name);
            foreach (SafetensorsSource source in sources)
            {
                using var expected = new MemoryStream();
                source.Write(expected);
                var actual = new byte[expected.Length];
                file.ReadBytes(file.Get(source.Name), 0, actual);
                Assert.Equal(expected.ToArray(), actual);
            }
        }
    }
}
