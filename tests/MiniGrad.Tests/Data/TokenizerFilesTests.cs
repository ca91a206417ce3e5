using System.Text;
using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

/// <summary>Tokenizers go into a folder and come back; damaged files are refused by name.</summary>
public sealed class TokenizerFilesTests : IDisposable
{
    private static readonly byte[] Sample = Encoding.UTF8.GetBytes("the theme, then: naïve 42 😀\n\"quoted\" \\ and\ttabs");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => ["byte", "char", "bpe"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_tokenizer_gives_the_same_tokens(string kind)
    {
        ITokenizer tokenizer = Make(kind);
        Save(tokenizer);
        ITokenizer found = TokenizerFiles.Find(_folder.Path)!;
        Assert.Equal((tokenizer.Name, tokenizer.VocabularySize), (found.Name, found.VocabularySize));
        Assert.Equal(tokenizer.Encode(Sample), found.Encode(Sample));
        Assert.Equal(Sample, found.Decode(found.Encode(Sample)));
    }

    [Fact]
    public void A_byte_pair_vocabulary_lies_in_GPT_2_s_own_files()
    {
        var tokenizer = (BytePairTokenizer)Make("bpe");
        Save(tokenizer);
        Assert.StartsWith("#version: 0.2\n", File.ReadAllText(_folder.In("merges.txt")), StringComparison.Ordinal);
        Assert.Contains("\"Ġthe\":", File.ReadAllText(_folder.In("vocab.json")), StringComparison.Ordinal); // a blank is Ġ there
        File.Delete(_folder.In(TokenizerFiles.FileName));
        ITokenizer found = TokenizerFiles.Find(_folder.Path)!;
        Assert.Equal("gpt2", found.Name);
        Assert.Equal(tokenizer.Encode(Sample), found.Encode(Sample));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_only_the_first_line_is_a_header()
    {
        // Learnt from code, so that '#version' is a token and the first half of a merge.
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("#version: 1\n#version x\n", 50)));
        BytePairTokenizer tokenizer = BytePairTrainer.Train(text, 300);
        Save(tokenizer);
        string merges = _folder.In("merges.txt");
        foreach (string file in (string[])[merges, _folder.In("vocab.json"), _folder.In(TokenizerFiles.FileName)]) File.WriteAllBytes(file, [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(file)]);
        ITokenizer found = TokenizerFiles.Find(_folder.Path)!;
        Assert.Equal(tokenizer.Encode(text), found.Encode(text));
        Assert.Equal(tokenizer.Merges, ((BytePairTokenizer)found).Merges);
    }

    [Fact]
    public void A_merge_that_begins_with_the_header_s_word_is_a_merge()
    {
        // "#version" and a blank: the second line reads as the header did.
        var tokenizer = new BytePairTokenizer("code", [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), "#v"u8.ToArray(), "#ve"u8.ToArray(), "#ver"u8.ToArray(), "#vers"u8.ToArray(), "#versi"u8.ToArray(), "#versio"u8.ToArray(), "#version"u8.ToArray(), "#version:"u8.ToArray()], [('#', 'v'), (256, 'e'), (257, 'r'), (258, 's'), (259, 'i'), (260, 'o'), (261, 'n'), (262, ':')]);
        Save(tokenizer);
        Assert.Equal("#version :", File.ReadLines(_folder.In("merges.txt")).Last());
        Assert.Equal(tokenizer.Merges, ((BytePairTokenizer)TokenizerFiles.Find(_folder.Path)!).Merges);
    }

    [Fact]
    public void A_folder_without_one_has_none() => Assert.Null(TokenizerFiles.Find(_folder.Path));

    [Theory]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":\"words\"}", "is of the kind 'words'; expected byte, char, bpe, hf or ids")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":", "is not JSON: line 1, byte 9")]
    [InlineData("minigrad-tokenizer.json", "[]", "is not a JSON object")]
    [InlineData("minigrad-tokenizer.json", "null", "is not a JSON object")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":7}", "kind is 7; expected a string")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":\"byte\",\"kind\":\"char\"}", "the key 'kind' stands twice")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":\"byte\",\"vocabularySize\":\"256\"}", "vocabularySize is \"256\"; expected a whole number")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":\"bpe\",\"name\":\"a\\nb\"}", "has a name that is none")]
    [InlineData("minigrad-tokenizer.json", "{\"kind\":\"byte\",\"vocabularySize\":255}", "says 255 tokens, its vocabulary has 256")]
    [InlineData("vocab.json", "{\"a\":0,\"a\":1}", "the key 'a' stands twice")]
    [InlineData("vocab.json", "{\"a\":0,\"b\":2}", "gives token 'b' the id 2; expected each of 0 … 1 once")]
    [InlineData("vocab.json", "{\"a\":0.5}", "gives the token 'a' the id 0.5; expected a whole number")]
    [InlineData("vocab.json", "{\"a b\":0}", "whose character U+0020 stands for no byte")]
    [InlineData("vocab.json", "[]", "is not an object of token to id")]
    [InlineData("merges.txt", "t h\nx\n", "line 2: expected two tokens")]
    [InlineData("merges.txt", "t \u4e2d\n", "line 1: expected two tokens")]
    public void Damaged_files_are_refused_by_name(string file, string content, string expected)
    {
        Save(Make("bpe"));
        _folder.File(file, content);
        BadInput.Throws("tokenizer: '", () => TokenizerFiles.Find(_folder.Path), file, expected);
    }

    [Fact]
    public void A_missing_file_is_named() => BadInput.Throws("tokenizer: '", () => Gpt2Vocabulary.Load(_folder.Path), "vocab.json", "merges.txt");

    private static ITokenizer Make(string kind) => kind switch
    {
        "byte" => new ByteTokenizer(),
        "char" => new CharTokenizer(Sample),
        _ => BytePairTrainer.Train(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("see the theme then the end\n", 9))), 270),
    };

    private void Save(ITokenizer tokenizer)
    {
        foreach ((string name, byte[] content) in TokenizerFiles.Of(tokenizer)) _folder.File(name, content);
    }
}
