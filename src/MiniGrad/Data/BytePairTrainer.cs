using System.Runtime.InteropServices;

namespace MiniGrad.Data;

/// <summary>
/// Learns a <see cref="BytePairTokenizer"/> from a text: again and again the most frequent pair of neighbours becomes a
/// token, the pair of smaller ids among equals, so that a text has one vocabulary. Ids 0 … 255 are the bytes.
/// </summary>
/// <remarks>
/// Each different piece is kept once with its count; a merge visits the pieces that hold its pair and corrects the counts
/// of the neighbours (after Sennrich et al. 2016, §3.2). A queue holds an upper bound of each pair's count.
/// </remarks>
public sealed class BytePairTrainer
{
    // A piece longer than this, such as a line without a letter's end, is learnt from in parts: its pairs are the same.
    private const int LongestPiece = 1024;

    private readonly List<int[]> _pieces = [];
    private readonly List<int> _lengths = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<long, long> _pairs = [];
    private readonly Dictionary<long, List<int>> _where = [];
    private readonly PriorityQueue<long, (long Count, long Pair)> _queue = new();
    private readonly HashSet<long> _changed = [];

    private BytePairTrainer()
    {
    }

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="text">The training text, UTF-8.</param>
    /// <param name="vocabularySize">Number of tokens, at least 256; fewer where the text has no pair left that occurs twice.</param>
    /// <exception cref="ArgumentException">The size is below 256.</exception>
    public static BytePairTokenizer Train(ReadOnlySpan<byte> text, int vocabularySize)
    {
        if (vocabularySize < 256) throw new ArgumentException($"tokenizer bpe:{vocabularySize}: the 256 bytes are tokens; give at least bpe:256");
        var trainer = new BytePairTrainer();
        trainer.Count(text);
        var tokens = new List<byte[]>(vocabularySize);
        for (int b = 0; b < 256; b++) tokens.Add([(byte)b]);
        var merges = new List<(int, int)>();
        while (tokens.Count < vocabularySize && trainer.Next() is { } pair)
        {
            (int left, int right) = ((int)(pair >> 32), (int)pair);
            trainer.Merge(pair, tokens.Count);
            merges.Add((left, right));
            tokens.Add([.. tokens[left], .. tokens[right]]);
        }
        return new BytePairTokenizer($"bpe:{vocabularySize}", tokens, merges);
    }

    private void Count(ReadOnlySpan<byte> text)
    {
        var index = new Dictionary<byte[], int>(ByteKeyComparer.Instance);
        Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup = index.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (text.Length > 0)
        {
            ReadOnlySpan<byte> piece = text[..PreTokenizer.Next(text)];
            text = text[piece.Length..];
            for (; piece.Length > LongestPiece; piece = piece[LongestPiece..]) Count(piece[..LongestPiece], lookup);
            Count(piece, lookup);
        }
        for (int p = 0; p < _pieces.Count; p++)
        {
            int[] piece = _pieces[p];
            for (int i = 0; i + 1 < piece.Length; i++) Add(Key(piece[i], piece[i + 1]), _counts[p], p);
        }
        foreach ((long pair, long count) in _pairs) _queue.Enqueue(pair, (-count, pair));
    }

    private void Count(ReadOnlySpan<byte> bytes, Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup)
    {
        if (lookup.TryGetValue(bytes, out int known))
        {
            _counts[known]++;
            return;
        }
        lookup[bytes] = _pieces.Count;
        var piece = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++) piece[i] = bytes[i];
        _pieces.Add(piece);
        _lengths.Add(bytes.Length);
        _counts.Add(1);
    }

    // The queue's count may be too high by now; then the pair goes back with the true one.
    private long? Next()
    {
        while (_queue.TryDequeue(out long pair, out (long Count, long Pair) bound))
        {
            long count = _pairs.GetValueOrDefault(pair);
            if (count < 2) continue;
            if (count == -bound.Count) return pair;
            if (count < -bound.Count) _queue.Enqueue(pair, (-count, pair));
        }
        return null;
    }

    private void Merge(long pair, int token)
    {
        (int left, int right) = ((int)(pair >> 32), (int)pair);
        _changed.Clear();
        foreach (int p in _where[pair])
        {
            int[] piece = _pieces[p];
            int length = _lengths[p], kept = 0;
            long count = _counts[p];
            for (int i = 0; i < length; i++)
            {
                if (i + 1 < length && piece[i] == left && piece[i + 1] == right)
                {
                    if (kept > 0)
                    {
                        _pairs[Key(piece[kept - 1], left)] -= count;
                        Add(Key(piece[kept - 1], token), count, p);
                    }
                    if (i + 2 < length)
                    {
                        _pairs[Key(right, piece[i + 2])] -= count;
                        Add(Key(token, piece[i + 2]), count, p);
                    }
                    piece[kept++] = token;
                    i++;
                }
                else
                {
                    piece[kept++] = piece[i];
                }
            }
            _lengths[p] = kept;
        }
        _pairs.Remove(pair);
        _where.Remove(pair);
        foreach (long grown in _changed)
        {
            if (_pairs.TryGetValue(grown, out long count) && count > 1) _queue.Enqueue(grown, (-count, grown));
        }
    }

    private void Add(long pair, long count, int piece)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _) += count;
        ref List<int>? where = ref CollectionsMarshal.GetValueRefOrAddDefault(_where, pair, out _);
        where ??= [];
        if (where.Count == 0 || where[^1] != piece) where.Add(piece);
        _changed.Add(pair);
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
