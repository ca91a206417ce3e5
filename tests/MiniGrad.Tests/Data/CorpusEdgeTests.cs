using System.Text;
using MiniGrad.Data;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Tests.Data;

/// <summary>Odd corpora under every tokenizer: each is handled, or refused in one line.</summary>
public sealed class CorpusEdgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Tokenizers => ["byte", "char", "bpe:300"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void A_single_token_is_refused_with_the_numbers(string tokenizer) =>
        BadInput.Throws("corpus: the training split has 0 tokens, a context of 8 needs at least 9", () => Load(_folder.File("one.txt", "a"), tokenizer == "char" ? "byte" : tokenizer));

    [Fact]
    public void A_single_character_has_nothing_to_learn_characters_from() =>
        BadInput.Throws("tokenizer char: the training text is empty", () => Load(_folder.File("one.txt", "a"), "char"));

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Carriage_returns_stay_and_a_byte_order_mark_goes(string tokenizer)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"zeile {i % 10}, größe\r\n")));
        TokenData data = Load(_folder.File("crlf.txt", [0xEF, 0xBB, 0xBF, .. text]), tokenizer);
        byte[] back = [.. Decode(data.Train, data.Tokenizer), .. Decode(data.Validation, data.Tokenizer)];
        Assert.Equal(text, back);
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void A_corpus_that_changed_has_another_digest(string tokenizer)
    {
        string path = _folder.File("text.txt", string.Concat(Enumerable.Repeat("The text that was there before.\n", 60)));
        string before = Load(path, tokenizer).Corpus.Sha256;
        Assert.Equal(before, Load(path, tokenizer).Corpus.Sha256);
        File.AppendAllText(path, ".");
        Assert.NotEqual(before, Load(path, tokenizer).Corpus.Sha256);
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    [Trait("Category", "Slow")]
    public void A_line_of_100_megabytes_is_read_and_comes_back(string tokenizer)
    {
        int length = Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full" ? 100_000_000 : 2_000_000;
        byte[] words = Encoding.UTF8.GetBytes("one line of words, größer und größer; ");
        var line = new byte[length / words.Length * words.Length];
        for (int at = 0; at < line.Length; at += words.Length) words.CopyTo(line, at);
        TokenData data = Load(_folder.File("line.txt", line), tokenizer);
        Assert.Equal(line.Length, data.Corpus.TrainBytes + data.Corpus.ValidationBytes);
        Assert.InRange(data.Corpus.ValidationBytes, line.Length / 10 - 4, line.Length / 10 + 4);
        var tokens = new int[5000];
        data.Train.Read(0, tokens);
        byte[] start = data.Tokenizer.Decode(tokens);
        Assert.Equal(line[..start.Length], start);
    }

    [Fact]
    public void Token_files_without_a_tokenizer_say_what_is_missing()
    {
        TokenFile.Write(_folder.In("train.bin"), new int[100], 256, plain: true);
        BadInput.Throws("tokens: beside '", () => Load(_folder.In("train.bin"), TokenizerChoice.Automatic), "--tokenizer gpt2:FOLDER");
        Assert.Equal(90, Load(_folder.In("train.bin"), "byte").Train.Length);
    }

    private static TokenData Load(string path, string tokenizer) => CorpusTokens.Load(path, tokenizer, null, _ => 8);

    private static byte[] Decode(TokenStream stream, ITokenizer tokenizer)
    {
        var tokens = new int[stream.Length];
        stream.Read(0, tokens);
        return tokenizer.Decode(tokens);
    }
}
