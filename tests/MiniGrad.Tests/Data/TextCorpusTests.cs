using System.Text;
using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class TextCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_tenth_of_a_file_is_held_out_from_a_line_on()
    {
        string text = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\r\n"));
        Corpus corpus = TextCorpus.FromPath(_folder.File("book.txt", text));
        Assert.Equal("book.txt", corpus.Name);
        Assert.Equal(text, Text(corpus.Train) + Text(corpus.Validation));
        Assert.EndsWith("\r\n", Text(corpus.Train), StringComparison.Ordinal);
        Assert.StartsWith("line ", Text(corpus.Validation), StringComparison.Ordinal);
        Assert.InRange(corpus.Validation.Length / (double)text.Length, 0.09, 0.1);
        Assert.Equal(["book.txt"], corpus.TrainFiles);
        Assert.Equal(["book.txt"], corpus.ValidationFiles);
        Assert.Equal(64, corpus.Sha256.Length);
    }

    [Fact]
    public void A_file_of_one_line_is_cut_between_code_points()
    {
        string text = "x" + string.Concat(Enumerable.Repeat("θ", 99));
        Corpus corpus = TextCorpus.FromPath(_folder.File("one.txt", text));
        Assert.Equal(text, Text(corpus.Train) + Text(corpus.Validation));
        Assert.Equal(20, corpus.Validation.Length);
    }

    [Fact]
    public void A_byte_order_mark_is_dropped_and_nothing_else()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "a\r\nb\n"u8];
        Corpus corpus = TextCorpus.FromPath(_folder.File("bom.txt", bytes));
        Assert.Equal("a\r\nb\n", Text(corpus.Train) + Text(corpus.Validation));
    }

    [Fact]
    public void A_folder_is_split_by_whole_files_the_same_each_time()
    {
        for (int i = 0; i < 40; i++)
            _folder.File($"part{i % 4}/file{i}.txt", $"Text of file {i}, all of it on one line, without an end");
        Corpus corpus = TextCorpus.FromPath(_folder.Path);
        Assert.Equal(40, corpus.TrainFiles.Count + corpus.ValidationFiles.Count);
        Assert.InRange(corpus.ValidationFiles.Count, 3, 4);
        Assert.Empty(corpus.TrainFiles.Intersect(corpus.ValidationFiles));
        Assert.Equal(corpus.TrainFiles.Order(StringComparer.Ordinal), corpus.TrainFiles);
        Assert.Equal(corpus.TrainFiles.Count, Text(corpus.Train).Split('\n').Length);
        Assert.All(corpus.ValidationFiles, file => Assert.Contains('/', file));
        Assert.Equal(corpus.Sha256, TextCorpus.FromPath(_folder.Path).Sha256);
    }

    [Fact]
    public void A_folder_that_whole_files_cannot_split_is_split_at_a_line()
    {
        _folder.File("a.txt", string.Concat(Enumerable.Repeat("many lines\n", 1000)));
        _folder.File("b.txt", "few");
        Corpus corpus = TextCorpus.FromPath(_folder.Path);
        Assert.Equal(["a.txt", "b.txt"], corpus.TrainFiles);
        Assert.InRange(corpus.Validation.Length, 1000, 1110);
    }

    [Fact]
    public void Links_are_not_followed()
    {
        using var outside = new TemporaryFolder();
        outside.File("secret.txt", "secret");
        _folder.File("book/a.txt", "plain\ntext\n");
        Directory.CreateSymbolicLink(_folder.In("book/loop"), _folder.In("book"));
        Directory.CreateSymbolicLink(_folder.In("book/out"), outside.Path);
        File.CreateSymbolicLink(_folder.In("book/secret.txt"), outside.In("secret.txt"));
        _folder.File("book/.hidden", "hidden");
        Corpus corpus = TextCorpus.FromPath(_folder.In("book"));
        Assert.Equal("plain\ntext\n", Text(corpus.Train) + Text(corpus.Validation));
    }

    [Fact]
    public void Bad_paths_are_one_clear_line()
    {
        string missing = _folder.In("missing.txt"), empty = _folder.File("empty.txt", "");
        BadInput.Throws($"corpus: '{missing}' does not exist", () => TextCorpus.FromPath(missing), "UTF-8 text file or a folder");
        BadInput.Throws($"corpus: '{empty}' is empty", () => TextCorpus.FromPath(empty));
        BadInput.Throws($"corpus: '{_folder.Path}' holds no text files", () => TextCorpus.FromPath(_folder.Path));

        byte[] onlyMark = [0xEF, 0xBB, 0xBF];
        string mark = _folder.File("mark.txt", onlyMark);
        BadInput.Throws($"corpus: '{mark}' is empty", () => TextCorpus.FromPath(mark));
    }

    [Fact]
    public void Binary_files_are_one_clear_line_with_the_position()
    {
        byte[] nul = [.. "text"u8, 0, .. "more"u8];
        string binary = _folder.File("binary.bin", nul);
        BadInput.Throws($"corpus: '{binary}' is binary: NUL byte at offset 4", () => TextCorpus.FromPath(binary));

        byte[] marked = [0xEF, 0xBB, 0xBF, (byte)'a', 0];
        string withMark = _folder.File("marked.bin", marked);
        BadInput.Throws($"corpus: '{withMark}' is binary: NUL byte at offset 4", () => TextCorpus.FromPath(withMark));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xFF, (byte)'b' }, "0xFF at offset 1")]
    [InlineData(new byte[] { 0xC3, 0xA9, 0xE2, 0x82 }, "0xE2 at offset 2")]
    [InlineData(new byte[] { (byte)'a', 0xED, 0xA0, 0x80 }, "0xED at offset 1")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "0xC0 at offset 0")]
    public void Invalid_UTF8_is_one_clear_line_with_the_position(byte[] bytes, string expected)
    {
        string path = _folder.File("latin.txt", bytes);
        BadInput.Throws($"corpus: '{path}' is not UTF-8 text: byte {expected}", () => TextCorpus.FromPath(path), "convert it to UTF-8");
    }

    [Fact]
    public void What_is_not_text_in_a_folder_is_passed_over_and_counted()
    {
        _folder.File("a.txt", "fine\n");
        _folder.File("sub/picture.png", 0x89, 0x50, 0x4E, 0x47);
        Corpus corpus = TextCorpus.FromPath(_folder.Path);
        Assert.Equal("fine\n", Text(corpus.Train) + Text(corpus.Validation));
        Assert.Equal(1, corpus.PassedOver);
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
