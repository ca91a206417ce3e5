namespace MiniGrad.Data;

/// <summary>
/// Byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019, §2.2): a piece of text starts as its bytes,
/// and the pair of neighbours with the earliest merge is joined until there is none. Any bytes can be encoded, and come
/// back as they were.
/// </summary>
public sealed class BytePairTokenizer : ITokenizer
{
    private const int LargestCached = 64;

    private readonly byte[][] _tokens;
    private readonly int[] _bytes = new int[256];
    private readonly Dictionary<long, (int Rank, int Token)> _merges;
    private readonly NextPiece _next;
    private readonly Dictionary<byte[], int>? _whole;

    /// <summary>A tokenizer of the given vocabulary.</summary>
    /// <param name="name">Its name in the form of the option <c>--tokenizer</c>.</param>
    /// <param name="tokens">The bytes of each token id; all single bytes must be among them.</param>
    /// <param name="merges">The pairs of token ids that are joined, in their order.</param>
    /// <exception cref="InvalidDataException">A single byte has no token, or a merge names or makes no token.</exception>
    public BytePairTokenizer(string name, IReadOnlyList<byte[]> tokens, IReadOnlyList<(int Left, int Right)> merges)
        : this(name, tokens, merges, PreTokenizer.Next, wholePieces: false)
    {
    }

    /// <summary>A tokenizer with another pre-tokenization than GPT-2's.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tokens">The bytes of each token id.</param>
    /// <param name="merges">The pairs of token ids that are joined, in their order.</param>
    /// <param name="next">Finds the length of the next piece.</param>
    /// <param name="wholePieces">Whether a piece that is a token is taken as one, whatever the merges make of it.</param>
    internal BytePairTokenizer(string name, IReadOnlyList<byte[]> tokens, IReadOnlyList<(int Left, int Right)> merges, NextPiece next, bool wholePieces)
    {
        _next = next;
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(merges);
        (Name, _tokens, Merges) = (name, [.. tokens], [.. merges]);
        var ids = new Dictionary<byte[], int>(_tokens.Length, ByteKeyComparer.Instance);
        for (int id = _tokens.Length - 1; id >= 0; id--) ids[_tokens[id]] = id;
        for (int b = 0; b < 256; b++)
        {
            if (!ids.TryGetValue([(byte)b], out _bytes[b])) throw new InvalidDataException($"tokenizer {name}: the byte 0x{b:X2} has no token; a byte-level vocabulary has all 256");
        }
        _merges = new Dictionary<long, (int, int)>(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (int left, int right) = merges[rank];
            if ((uint)left >= (uint)_tokens.Length || (uint)right >= (uint)_tokens.Length) throw new InvalidDataException($"tokenizer {name}: merge {rank} joins {left} and {right}, the vocabulary has {_tokens.Length} tokens");
            if (!ids.TryGetValue([.. _tokens[left], .. _tokens[right]], out int joined)) throw new InvalidDataException($"tokenizer {name}: what merge {rank} makes of tokens {left} and {right} is not in the vocabulary");
            _merges.TryAdd(Key(left, right), (rank, joined));
        }
        if (wholePieces) _whole = ids;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int VocabularySize => _tokens.Length;

    /// <summary>The pairs of token ids that are joined, in their order.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>The bytes of a token.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">The token lies outside the vocabulary.</exception>
    public ReadOnlyMemory<byte> Bytes(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return _tokens[token];
    }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        var result = new List<int>(utf8.Length / 3 + 16);
        var known = new Dictionary<byte[], int[]>(ByteKeyComparer.Instance);
        Dictionary<byte[], int[]>.AlternateLookup<ReadOnlySpan<byte>> lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (utf8.Length > 0)
        {
            ReadOnlySpan<byte> piece = utf8[.._next(utf8)];
            utf8 = utf8[piece.Length..];
            if (piece.Length > LargestCached)
            {
                result.AddRange(Join(piece));
                continue;
            }
            if (!lookup.TryGetValue(piece, out int[]? tokens)) lookup[piece] = tokens = Join(piece);
            result.AddRange(tokens);
        }
        return [.. result];
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new MemoryStream(4 * tokens.Length);
        foreach (int token in tokens)
        {
            Vocabulary.Require(token, VocabularySize, nameof(tokens));
            bytes.Write(_tokens[token]);
        }
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public int ByteLength(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return _tokens[token].Length;
    }

    /// <summary>The bytes of every token, for files.</summary>
    internal IReadOnlyList<byte[]> Tokens => _tokens;

    // Earliest merge first, leftmost first among equals; a heap, since a piece may be as long as a file.
    private int[] Join(ReadOnlySpan<byte> piece)
    {
        if (_whole is not null && _whole.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(piece, out int whole)) return [whole];
        var tokens = new int[piece.Length];
        for (int i = 0; i < piece.Length; i++) tokens[i] = _bytes[piece[i]];
        if (piece.Length == 1) return tokens;
        int[] next = new int[piece.Length], previous = new int[piece.Length];
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (int i = 0; i < piece.Length; i++) (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i + 1 < piece.Length; i++) Offer(i, i + 1);
        while (queue.TryDequeue(out (int At, int Left, int Right) pair, out _))
        {
            int at = pair.At, right = next[at];
            if (tokens[at] != pair.Left || right >= tokens.Length || tokens[right] != pair.Right) continue; // joined in the meantime
            tokens[at] = _merges[Key(pair.Left, pair.Right)].Token;
            tokens[right] = -1;
            next[at] = next[right];
            if (next[at] < tokens.Length)
            {
                previous[next[at]] = at;
                Offer(at, next[at]);
            }
            if (previous[at] >= 0) Offer(previous[at], at);
        }
        int count = 0;
        for (int i = 0; i < tokens.Length; i = next[i]) tokens[count++] = tokens[i];
        return tokens[..count];

        void Offer(int left, int right)
        {
            if (_merges.TryGetValue(Key(tokens[left], tokens[right]), out (int Rank, int Token) merge)) queue.Enqueue((left, tokens[left], tokens[right]), (merge.Rank, left));
        }
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
