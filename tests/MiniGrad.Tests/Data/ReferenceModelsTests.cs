using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class ReferenceModelsTests(DefaultCorpus defaultCorpus)
{
    // Four tokens of which two occur in training: a a b a a b, validated on a|b b|a a|…
    private readonly TokenData _small = new(
        new Corpus("small", "", "aabaab"u8.ToArray(), "abba"u8.ToArray(), [], []),
        new ByteTokenizer(),
        new TokenStream("training", [0, 0, 1, 0, 0, 1], 4),
        new TokenStream("validation", [0, 1, 1, 0], 4));

    [Fact]
    public void The_unigram_model_is_add_one_half()
    {
        ReferenceLoss loss = ReferenceModels.Unigram(_small, new ValidationWindows(_small.Validation, 3, 3));
        double expected = -(2 * Math.Log(2.5 / 8) + Math.Log(4.5 / 8)) / 3;
        Assert.Equal(expected, loss.NatsPerToken, 1e-12);
        Assert.Equal(expected / Math.Log(2), loss.BitsPerByte, 1e-12);
    }

    [Fact]
    public void The_bigram_model_is_add_one_half()
    {
        // Pairs aa 2, ab 2, ba 1; a begins 4 of them, b 1 (the last b begins none).
        ReferenceLoss loss = ReferenceModels.Bigram(_small, new ValidationWindows(_small.Validation, 3, 3));
        double expected = -(Math.Log(2.5 / 6) + Math.Log(0.5 / 3) + Math.Log(1.5 / 3)) / 3;
        Assert.Equal(expected, loss.NatsPerToken, 1e-12);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(50_000)]
    public void Pairs_are_counted_for_small_and_for_large_vocabularies(int vocabularySize)
    {
        var pairs = new PairCounts(vocabularySize);
        int last = vocabularySize - 1;
        pairs.Add(0, last);
        pairs.Add(0, last);
        pairs.Add(last, 0);
        Assert.Equal([2, 1, 0], [pairs[0, last], pairs[last, 0], pairs[last, last]]);
    }

    [Fact]
    public void On_the_default_corpus_they_are_what_was_measured()
    {
        TokenData data = TokenData.Create(defaultCorpus.Corpus, new ByteTokenizer(), blockSize: 128);
        var windows = new ValidationWindows(data.Validation, 128);
        ReferenceLoss unigram = ReferenceModels.Unigram(data, windows), bigram = ReferenceModels.Bigram(data, windows);
        Assert.Equal(65_536, windows.TokenCount);
        Assert.Equal(3.1476051, unigram.NatsPerToken, 1e-7);
        Assert.Equal(2.4232701, bigram.NatsPerToken, 1e-7);
        Assert.Equal(bigram.NatsPerToken / Math.Log(2), bigram.BitsPerByte, 1e-12);
        // The compressor belongs to the runtime and may improve by a little.
        Assert.Equal(1.310, ReferenceModels.GzipBitsPerByte(data.Corpus), 0.03);
    }

    [Fact]
    public void Bits_per_byte_compare_across_tokenizers()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("θaθ ", 200)));
        var corpus = new Corpus("greek", "", text, text, [], []);
        TokenData data = TokenData.Create(corpus, new CharTokenizer(text), blockSize: 4);
        ReferenceLoss loss = ReferenceModels.Unigram(data, new ValidationWindows(data.Validation, 4, 400));
        // Six bytes to four characters.
        Assert.Equal(loss.NatsPerToken / Math.Log(2) * 4 / 6, loss.BitsPerByte, 0.01);
    }

    [Fact]
    public void Gzip_counts_its_header()
    {
        byte[] one = [(byte)'a'];
        Assert.InRange(ReferenceModels.GzipBitsPerByte(new Corpus("one", "", one, one, [], [])), 8 * 18, 8 * 30);
    }
}
