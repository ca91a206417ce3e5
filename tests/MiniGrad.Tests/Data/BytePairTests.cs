using System.Text;
using MiniGrad.Data;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Data;

/// <summary>Byte-pair vocabularies: learnt as by hand, the same every time, and any bytes come back.</summary>
public sealed class BytePairTests(DefaultCorpus corpus)
{
    [Fact]
    public void The_most_frequent_pair_is_joined_first_and_the_smaller_ids_among_equals()
    {
        // "ab" occurs 5 times; then "abc" 3 times, " abc" twice; a line feed is a piece of its own.
        BytePairTokenizer tokenizer = BytePairTrainer.Train("abc abc abc\nab\nab"u8, 300);
        string[] tokens = [.. Enumerable.Range(256, tokenizer.VocabularySize - 256).Select(id => Encoding.UTF8.GetString(tokenizer.Bytes(id).Span))];
        Assert.Equal(["ab", "abc", " abc"], tokens);
        Assert.Equal("bpe:300", tokenizer.Name);
    }

    [Fact]
    public void Training_agrees_with_counting_everything_anew_for_each_merge()
    {
        string text = Prose(4_000) + " aaaa aaaaa aaaaaaa abababab\n\n\n   x";
        BytePairTokenizer fast = BytePairTrainer.Train(Encoding.UTF8.GetBytes(text), 420);
        Assert.Equal(Naive(text, 420), fast.Merges);
        Assert.True(fast.Merges.Count > 40);
    }

    [Fact]
    public void Encoding_agrees_with_joining_the_earliest_merge_again_and_again()
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(Encoding.UTF8.GetBytes(Prose(20_000)), 600);
        for (ulong trial = 0; trial < 200; trial++)
        {
            var random = new CounterRandom(3, trial);
            byte[] piece = [.. Enumerable.Range(0, 1 + (int)random.Below(90, 0)).Select(i => (byte)"thereoandingsa"[(int)random.Below(14, (ulong)i + 1)])];
            Assert.Equal(Naive(tokenizer, piece), tokenizer.Encode(piece));
        }
    }

    [Fact]
    public void Any_bytes_come_back()
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(Encoding.UTF8.GetBytes(Prose(20_000)), 600);
        for (ulong trial = 0; trial < 200; trial++)
        {
            var random = new CounterRandom(5, trial);
            byte[] bytes = [.. Enumerable.Range(0, (int)random.Below(200, 0)).Select(i => (byte)random.Below(256, (ulong)i + 1))];
            int[] tokens = tokenizer.Encode(bytes);
            Assert.Equal(bytes, tokenizer.Decode(tokens));
            Assert.Equal(bytes.Length, tokens.Sum(tokenizer.ByteLength));
        }
    }

    [Fact]
    public void A_long_line_without_a_break_is_encoded_and_learnt_from()
    {
        byte[] line = [.. Enumerable.Range(0, 300_000).Select(i => (byte)('a' + new CounterRandom(1, 1).Below(3, (ulong)i)))];
        BytePairTokenizer tokenizer = BytePairTrainer.Train(line, 300);
        Assert.Equal(300, tokenizer.VocabularySize);
        int[] tokens = tokenizer.Encode(line);
        Assert.InRange(tokens.Length, 1, line.Length / 3);
        Assert.Equal(line, tokenizer.Decode(tokens));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_default_corpus_gives_one_vocabulary_of_4096_tokens()
    {
        ReadOnlySpan<byte> text = corpus.Corpus.Train.Span;
        if (Environment.GetEnvironmentVariable("MINIGRAD_TESTS") != "full") text = text[..1_000_000];
        BytePairTokenizer first = BytePairTrainer.Train(text, 4096), second = BytePairTrainer.Train(text, 4096);
        Assert.Equal(4096, first.VocabularySize);
        Assert.Equal(first.Merges, second.Merges);
        int[] tokens = first.Encode(text);
        Assert.InRange((double)text.Length / tokens.Length, 3, 8);
        Assert.True(text.SequenceEqual(first.Decode(tokens)));
    }

    [Fact]
    public void Impossible_vocabularies_are_refused_in_one_line()
    {
        Assert.Equal("tokenizer bpe:255: the 256 bytes are tokens; give at least bpe:256", Assert.Throws<ArgumentException>(() => BytePairTrainer.Train("x"u8, 255)).Message);
        byte[][] bytes = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })];
        BadInput.Throws("tokenizer t: the byte 0xFF has no token", () => _ = new BytePairTokenizer("t", bytes[..255], []));
        BadInput.Throws("tokenizer t: merge 0 joins 7 and 256, the vocabulary has 256 tokens", () => _ = new BytePairTokenizer("t", bytes, [(7, 256)]));
        BadInput.Throws("tokenizer t: what merge 0 makes of tokens 7 and 8 is not in the vocabulary", () => _ = new BytePairTokenizer("t", bytes, [(7, 8)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BytePairTokenizer("t", bytes, []).Decode([256]));
    }

    private static string Prose(int length)
    {
        string[] words = ["the", "there", "then", "string", "returns", "returned", "a", "an", "method", "é", "naïve", "42", "'s", "\n", "  "];
        var text = new StringBuilder();
        for (ulong i = 0; text.Length < length; i++) text.Append(words[new CounterRandom(9, 0).Below(words.Length, i)]).Append(i % 7 == 0 ? ", " : " ");
        return text.ToString();
    }

    private static List<(int, int)> Naive(string text, int size)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        var pieces = new List<List<int>>();
        while (rest.Length > 0)
        {
            int length = PreTokenizer.Next(rest);
            pieces.Add([.. rest[..length].ToArray().Select(b => (int)b)]);
            rest = rest[length..];
        }
        var merges = new List<(int, int)>();
        for (int token = 256; token < size; token++)
        {
            var counts = new Dictionary<(int, int), int>();
            foreach (List<int> piece in pieces)
            {
                for (int i = 0; i + 1 < piece.Count; i++) counts[(piece[i], piece[i + 1])] = counts.GetValueOrDefault((piece[i], piece[i + 1])) + 1;
            }
            if (counts.Count == 0 || counts.Values.Max() < 2) break;
            (int left, int right) = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Item1).ThenBy(c => c.Key.Item2).First().Key;
            merges.Add((left, right));
            foreach (List<int> piece in pieces) Join(piece, left, right, token);
        }
        return merges;
    }

    private static List<int> Naive(BytePairTokenizer tokenizer, byte[] piece)
    {
        // Ids of a vocabulary trained here are the bytes, then the merges in order.
        List<int> tokens = [.. piece.Select(b => (int)b)];
        while (true)
        {
            int best = int.MaxValue;
            for (int i = 0; i + 1 < tokens.Count; i++)
            {
                for (int rank = 0; rank < Math.Min(best, tokenizer.Merges.Count); rank++)
                {
                    if (tokenizer.Merges[rank] == (tokens[i], tokens[i + 1])) best = rank;
                }
            }
            if (best == int.MaxValue) return tokens;
            Join(tokens, tokenizer.Merges[best].Left, tokenizer.Merges[best].Right, 256 + best);
        }
    }

    private static void Join(List<int> piece, int left, int right, int token)
    {
        for (int i = 0; i + 1 < piece.Count; i++)
        {
            if (piece[i] != left || piece[i + 1] != right) continue;
            piece[i] = token;
            piece.RemoveAt(i + 1);
        }
    }
}
