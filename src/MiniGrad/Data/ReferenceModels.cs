using System.IO.Compression;

namespace MiniGrad.Data;

/// <summary>A loss in both units.</summary>
/// <param name="NatsPerToken">Mean negative log-likelihood of a target.</param>
/// <param name="BitsPerByte">The total in bits, divided by the bytes that the targets stand for.</param>
public readonly record struct ReferenceLoss(double NatsPerToken, double BitsPerByte);

/// <summary>
/// The reference lines beside a model's validation loss: what counting single tokens and pairs reaches, fitted on the
/// training split and evaluated on the model's own validation windows, and what gzip makes of the held-out text.
/// </summary>
public static class ReferenceModels
{
    /// <summary>
    /// The add-½ unigram model: p(y) = (n(y) + ½) / (N + V/2) with the counts of the N training tokens, V the vocabulary.
    /// </summary>
    public static ReferenceLoss Unigram(TokenData data, ValidationWindows windows)
    {
        long[] counts = CountTokens(data.Train);
        double denominator = data.Train.Length + 0.5 * data.Train.VocabularySize;
        return Evaluate(data, windows, (_, target) => (counts[target] + 0.5) / denominator);
    }

    /// <summary>
    /// The add-½ bigram model: p(y | x) = (n(x,y) + ½) / (n(x) + V/2), where n(x) counts the training pairs that begin
    /// with x.
    /// </summary>
    public static ReferenceLoss Bigram(TokenData data, ValidationWindows windows)
    {
        long[] firsts = CountTokens(data.Train);
        var pairs = new PairCounts(data.Train.VocabularySize);
        int last = -1;
        ForEach(data.Train, token =>
        {
            if (last >= 0)
                pairs.Add(last, token);
            last = token;
        });
        if (last >= 0)
            firsts[last]--; // the last token begins no pair

        double halfVocabulary = 0.5 * data.Train.VocabularySize;
        return Evaluate(data, windows, (input, target) =>
            (pairs[input, target] + 0.5) / (firsts[input] + halfVocabulary));
    }

    /// <summary>
    /// Bits per byte of gzip: 8 × the size of the whole validation split, compressed alone at the highest level, header
    /// included, over its length. gzip sees no training text but adapts to the text it compresses, within 32 kB.
    /// </summary>
    public static double GzipBitsPerByte(Corpus corpus)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(corpus.Validation.Span);
        return 8.0 * compressed.Length / corpus.Validation.Length;
    }

    private static ReferenceLoss Evaluate(TokenData data, ValidationWindows windows, Func<int, int, double> probability)
    {
        int[] inputs = new int[windows.BlockSize], targets = new int[windows.BlockSize];
        double nats = 0;
        for (int window = 0; window < windows.Count; window++)
        {
            windows.Fill(window, inputs, targets);
            for (int t = 0; t < inputs.Length; t++)
                nats -= Math.Log(probability(inputs[t], targets[t]));
        }

        return new ReferenceLoss(nats / windows.TokenCount, nats / Math.Log(2) / windows.ByteCount(data.Tokenizer));
    }

    private static long[] CountTokens(TokenStream tokens)
    {
        long[] counts = new long[tokens.VocabularySize];
        ForEach(tokens, token => counts[token]++);
        return counts;
    }

    private static void ForEach(TokenStream tokens, Action<int> action)
    {
        int[] chunk = new int[8192];
        for (long start = 0; start < tokens.Length; start += chunk.Length)
        {
            Span<int> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, tokens.Length - start));
            tokens.Read(start, part);
            foreach (int token in part)
                action(token);
        }
    }
}
