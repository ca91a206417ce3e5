using System.Text;
using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

/// <summary>Patterns, JSON Lines and shards of token files.</summary>
public sealed class TextsAsTheyComeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pattern_takes_its_files_in_order_and_passes_over_what_is_not_text()
    {
        _folder.File("src/b.cs", "bb\n");
        _folder.File("src/a.cs", "aa\n");
        _folder.File("src/deep/er/c.cs", "cc\n");
        _folder.File("src/no.txt", "no\n");
        _folder.File("src/.hidden/d.cs", "dd\n");
        _folder.File("src/binary.cs", 1, 0, 2);
        _folder.File("src/latin.cs", (byte)'a', 0xE9, (byte)'b');
        _folder.File("outside/e.cs", "ee\n");
        Directory.CreateSymbolicLink(_folder.In("src/link"), _folder.In("outside"));
        Corpus corpus = TextCorpus.FromPath(_folder.In("src/**/*.cs"));
        Assert.Equal("aa\nbb\ncc\n", Encoding.UTF8.GetString([.. corpus.Train.Span, .. corpus.Validation.Span]));
        Assert.Equal(2, corpus.PassedOver);
        Assert.Equal("*.cs", corpus.Name);
        Assert.Equal(["a.cs", "b.cs"], TextCorpus.FromPath(_folder.In("src/*.cs")).TrainFiles);
        Assert.Contains("names no file", Assert.Throws<InvalidDataException>(() => TextCorpus.FromPath(_folder.In("src/*.py"))).Message, StringComparison.Ordinal);
        Assert.Contains("there is no folder", Assert.Throws<InvalidDataException>(() => TextCorpus.FromPath(_folder.In("none/*.py"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_of_JSON_Lines_are_parted_by_a_blank_line_or_the_tokenizer_s_token()
    {
        string path = _folder.File("d.jsonl", "{\"text\":\"one\\nline\",\"id\":1}\r\n\n{\"id\":2,\"text\":\"zwei ü \\ud83d\\ude42\"}\n{\"text\":\"\"}\n{\"text\":\"end\"}");
        Assert.Equal("one\nline\n\nzwei ü 🙂\n\n\n\nend", All(TextCorpus.FromPath(path)));
        Assert.Equal("one\nline<|e|>zwei ü 🙂<|e|><|e|>end", All(TextCorpus.FromPath(path, "<|e|>")));
        Assert.NotEqual(TextCorpus.FromPath(path).Sha256, TextCorpus.FromPath(path, "<|e|>").Sha256);
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"txt\":\"b\"}\n", "line 2: expected an object with a string 'text'")]
    [InlineData("{\"text\":7}\n", "line 1: expected an object")]
    [InlineData("[1]\n", "line 1: expected an object")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\n", "line 2: ")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}\n", "the key 'text' stands twice")]
    [InlineData("{\"text\":\"\\ud800\"}\n", "half a character")]
    public void A_line_that_is_no_document_is_named(string lines, string message)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TextCorpus.FromPath(_folder.File("d.jsonl", lines)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Shards_follow_each_other_and_the_val_shards_are_held_out()
    {
        int[] tokens = [.. Enumerable.Range(0, 300)];
        Directory.CreateDirectory(_folder.In("t"));
        TokenFile.Write(_folder.In("t/f_train_1.bin"), tokens.AsMemory(0, 70), 400, plain: true);
        TokenFile.Write(_folder.In("t/f_train_2.bin"), tokens.AsMemory(70, 130), 400);
        TokenFile.Write(_folder.In("t/f_val_0.bin"), tokens.AsMemory(200, 100), 400, plain: true);
        var ids = new TokenIds(400);
        Assert.All((string[])["t", "t/", "t/f_train_*.bin"], path => Assert.True(TokenFileCorpus.IsTokens(_folder.In(path))));
        TokenData folder = TokenFileCorpus.Load(_folder.In("t"), ids, 8), pattern = TokenFileCorpus.Load(_folder.In("t/f_train_*.bin"), ids, 8);
        foreach (TokenData data in (TokenData[])[folder, pattern])
        {
            var read = new int[200];
            data.Train.Read(0, read);
            Assert.Equal(tokens[..200], read);
            data.Train.Read(65, read.AsSpan(0, 10));
            Assert.Equal(tokens[65..75], read[..10]);
            Assert.Equal((200, 100), (data.Train.Length, data.Validation.Length));
            data.Validation.Read(90, read.AsSpan(0, 10));
            Assert.Equal(tokens[290..], read[..10]);
        }
        Assert.Equal(folder.Corpus.Sha256, pattern.Corpus.Sha256);
        TokenData cut = TokenFileCorpus.Load(_folder.In("t/f_*_1.bin"), ids, 4);
        Assert.Equal((63, 7), (cut.Train.Length, cut.Validation.Length));
        Assert.Contains("299 at position 9 lies outside the vocabulary of 299", Assert.Throws<InvalidDataException>(() => TokenFileCorpus.Load(_folder.In("t/f_val_*.bin"), new TokenIds(299), 4)).Message, StringComparison.Ordinal);
    }

    private static string All(Corpus corpus) => Encoding.UTF8.GetString([.. corpus.Train.Span, .. corpus.Validation.Span]);
}
