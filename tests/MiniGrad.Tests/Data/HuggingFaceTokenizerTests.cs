using System.Text;
using System.Text.Json;
using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

/// <summary>
/// Against ids that the npm package @huggingface/tokenizers 0.2.0 gave (Golden/tokenizers/expected.json). The files are
/// GPT-2's, Llama 3's and Qwen's as they are published, cut to GPT-2's first 1,000 merges, with two added tokens;
/// Llama 3's has two tokens that no merge makes, Qwen's has its merges as pairs.
/// </summary>
public sealed class HuggingFaceTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama3")]
    [InlineData("qwen2")]
    public void Tokens_are_the_reference_s_and_every_text_comes_back(string name)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizerFile.Load(PathOf(name));
        using JsonDocument recorded = JsonDocument.Parse(File.ReadAllBytes(PathOf("expected")));
        string[] texts = recorded.RootElement.GetProperty("texts").Deserialize<string[]>()!;
        int[][] expected = recorded.RootElement.GetProperty("ids").GetProperty(name).Deserialize<int[][]>()!;
        Assert.True(texts.Length > 70);
        for (int i = 0; i < texts.Length; i++)
        {
            int[] tokens = tokenizer.Encode(Encoding.UTF8.GetBytes(texts[i]));
            Assert.True(tokens.SequenceEqual(expected[i]), $"{JsonSerializer.Serialize(texts[i])}: ours {string.Join(' ', tokens)}, the reference {string.Join(' ', expected[i])}");
            string back = Encoding.UTF8.GetString(tokenizer.Decode(tokens));
            if (name != "qwen2") Assert.Equal(texts[i], back);
            Assert.Equal(tokens, tokenizer.Encode(Encoding.UTF8.GetBytes(back)));
            Assert.Equal(Encoding.UTF8.GetByteCount(back), tokens.Sum(tokenizer.ByteLength));
        }
    }

    [Fact]
    public void A_saved_tokenizer_is_the_same()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizerFile.Load(PathOf("qwen2"));
        foreach ((string name, byte[] content) in TokenizerFiles.Of(tokenizer)) _folder.File(name, content);
        ITokenizer back = TokenizerFiles.Find(_folder.Path)!;
        Assert.Equal(tokenizer.VocabularySize, back.VocabularySize);
        Assert.Equal(tokenizer.Encode("don't<|endoftext|>12"u8), back.Encode("don't<|endoftext|>12"u8));
        Assert.Equal("<|endoftext|>", tokenizer.EndOfText);
    }

    [Theory]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Unigram\"", "has model Unigram; read are BPE")]
    [InlineData("\"type\":\"NFC\"", "\"type\":\"NFKC\"", "has normalizer NFKC; read are NFC or none")]
    [InlineData("\\\\p{N}|", "\\\\p{N}{2}|", "has pre_tokenizer.pattern")]
    [InlineData("\"lstrip\":false", "\"lstrip\":true", "has lstrip of the added token '<|endoftext|>' true; read are false")]
    [InlineData("\"add_prefix_space\":false", "\"add_prefix_space\":true", "has pre_tokenizer.add_prefix_space true")]
    [InlineData("\"id\":1257", "\"id\":1300", "expected the token's own id, or those from 1256 on without a gap")]
    [InlineData("\"merges\":[", "\"merges\":[[\"a\",\"zzzz\"],", "has the merge [\"a\",\"zzzz\"]; expected two tokens of the vocabulary")]
    [InlineData("\"content\":\"<|endoftext|>\"", "\"content\":null", "is not of the form of Hugging Face's tokenizer.json")]
    [InlineData("\"behavior\":\"Isolated\"", "\"behavior\":null", "is not of the form of Hugging Face's tokenizer.json")]
    [InlineData("\"merges\":[", "\"merges\":[7,", "is not of the form of Hugging Face's tokenizer.json")]
    public void What_is_not_read_is_refused_by_name(string old, string changed, string message)
    {
        string text = File.ReadAllText(PathOf("qwen2"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        string path = _folder.File("tokenizer.json", text.Replace(old, changed, StringComparison.Ordinal));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => HuggingFaceTokenizerFile.Load(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizers", $"{name}.json");
}
