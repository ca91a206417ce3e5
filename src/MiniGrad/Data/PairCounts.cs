using System.Runtime.InteropServices;

namespace MiniGrad.Data;

/// <summary>How often each pair of tokens occurs: a table for small vocabularies, a dictionary for large ones.</summary>
internal sealed class PairCounts(int vocabularySize)
{
    private const int LargestTable = 2048;

    private readonly long[]? _table = vocabularySize <= LargestTable ? new long[vocabularySize * vocabularySize] : null;
    private readonly Dictionary<long, long> _dictionary = [];

    /// <summary>The count of the pair.</summary>
    public long this[int first, int second] =>
        _table is null ? _dictionary.GetValueOrDefault(Key(first, second)) : _table[first * vocabularySize + second];

    /// <summary>Counts one more of the pair.</summary>
    public void Add(int first, int second)
    {
        if (_table is null)
            CollectionsMarshal.GetValueRefOrAddDefault(_dictionary, Key(first, second), out _)++;
        else
            _table[first * vocabularySize + second]++;
    }

    private static long Key(int first, int second) => ((long)first << 32) | (uint)second;
}
