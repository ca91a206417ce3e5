using System.Text;
using MiniGrad.IO;

namespace MiniGrad.Tests.Data;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_bytes_and_streams_arrive_and_replace_what_was_there()
    {
        string path = _folder.In("out.txt");
        AtomicFile.WriteText(path, "θ, a much longer text than the next");
        Assert.Equal(Encoding.UTF8.GetBytes("θ, a much longer text than the next"), File.ReadAllBytes(path));
        AtomicFile.WriteBytes(path, new byte[] { 1, 2 });
        Assert.Equal([1, 2], File.ReadAllBytes(path));
        AtomicFile.Write(path, stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(path));
        AssertOnly("out.txt");
    }

    [Fact]
    public void While_it_is_written_the_old_file_stays()
    {
        string path = _folder.File("out.txt", "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
            string temporary = Assert.Single(Directory.GetFiles(_folder.Path, "*.tmp"));
            Assert.StartsWith(".out.txt.", Path.GetFileName(temporary), StringComparison.Ordinal);
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_failure_while_writing_reaches_the_caller_and_leaves_nothing_behind()
    {
        string path = _folder.File("out.txt", "old");
        var error = Assert.Throws<FormatException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new FormatException("the disk is full of jokes");
        }));
        Assert.Equal("the disk is full of jokes", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        AssertOnly("out.txt");
    }

    [Fact]
    public void A_failure_while_renaming_reaches_the_caller_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_folder.In("taken"));
        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteText(_folder.In("taken"), "x"));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Bad_targets_are_refused()
    {
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteText(_folder.In("missing/out.txt"), "x"));
        Assert.Contains(
            "names a folder", Assert.Throws<IOException>(() => AtomicFile.WriteText(_folder.Path + "/", "x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AtomicFile.WriteText("", "x"));
        Assert.Throws<EncoderFallbackException>(() => AtomicFile.WriteText(_folder.In("out.txt"), "\ud800"));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Readers_see_one_whole_version_or_the_other()
    {
        string path = _folder.In("out.txt");
        string[] versions = [new string('a', 50_000), new string('b', 70_000)];
        AtomicFile.WriteText(path, versions[0]);
        using var done = new CancellationTokenSource();
        Task<int> reader = Task.Run(
            () =>
            {
                int read = 0;
                do
                {
                    Assert.Contains(File.ReadAllText(path), versions);
                    read++;
                }
                while (!done.IsCancellationRequested);
                return read;
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < 40; i++)
            AtomicFile.WriteText(path, versions[i % 2]);
        await done.CancelAsync();
        Assert.True(await reader > 0);
    }

    private void AssertOnly(string name) =>
        Assert.Equal([name], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
}
