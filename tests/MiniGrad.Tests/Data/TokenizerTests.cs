using System.Text;
using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class TokenizerTests
{
    [Fact]
    public void Bytes_are_their_own_tokens()
    {
        var tokenizer = new ByteTokenizer();
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        int[] tokens = tokenizer.Encode(all);
        Assert.Equal(Enumerable.Range(0, 256), tokens);
        Assert.Equal(all, tokenizer.Decode(tokens));
        Assert.Equal(256, tokenizer.VocabularySize);
        Assert.Equal(1, tokenizer.ByteLength(200));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.ByteLength(-1));
    }

    [Fact]
    public void Characters_are_code_points_in_ascending_order()
    {
        var tokenizer = new CharTokenizer(Encoding.UTF8.GetBytes("bθa😀a"));
        Assert.Equal(4, tokenizer.VocabularySize);
        byte[] text = Encoding.UTF8.GetBytes("ab😀θ");
        Assert.Equal([0, 1, 3, 2], tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode([0, 1, 3, 2]));
        Assert.Equal([1, 1, 2, 4], Enumerable.Range(0, 4).Select(tokenizer.ByteLength));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([4]));
    }

    [Fact]
    public void A_character_that_training_lacks_is_one_clear_line()
    {
        var tokenizer = new CharTokenizer("abc"u8);
        BadInput.Throws(
            "tokenizer char: 'é' (U+00E9) at byte 2 does not occur in the training text",
            () => tokenizer.Encode(Encoding.UTF8.GetBytes("abé")), "--tokenizer byte");
        BadInput.Throws("tokenizer char: byte 0xFF at offset 1 is not UTF-8", () => tokenizer.Encode([(byte)'a', 0xFF]));
        BadInput.Throws("tokenizer char: the training text is empty", () => _ = new CharTokenizer([]));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void A_stream_gives_back_what_it_was_given(int vocabularySize)
    {
        int[] tokens = [0, vocabularySize - 1, 7, 7];
        var stream = new TokenStream("training", tokens, vocabularySize);
        int[] read = new int[3];
        stream.Read(1, read);
        Assert.Equal([vocabularySize - 1, 7, 7], read);
        Assert.Equal(4, stream.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(2, read));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(-1, read));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(-1)]
    public void A_token_outside_the_vocabulary_is_named_with_its_position(int token) => BadInput.Throws(
        $"validation tokens: {token} at position 2 lies outside the vocabulary of 256",
        () => _ = new TokenStream("validation", [0, 255, token], 256));

    [Fact]
    public void A_split_shorter_than_the_context_is_one_clear_line_with_the_numbers()
    {
        var corpus = new Corpus("tiny", "a few letters", "abcdefgh"u8.ToArray(), "abcd"u8.ToArray(), ["tiny"], ["tiny"]);
        BadInput.Throws(
            "corpus: the training split has 8 tokens, a context of 8 needs at least 9",
            () => TokenData.Create(corpus, new ByteTokenizer(), blockSize: 8), "model.blockSize");
        BadInput.Throws(
            "corpus: the validation split has 4 tokens, a context of 4 needs at least 5",
            () => TokenData.Create(corpus, new ByteTokenizer(), blockSize: 4));
        Assert.Equal(4, TokenData.Create(corpus, new ByteTokenizer(), blockSize: 3).Validation.Length);
    }
}
