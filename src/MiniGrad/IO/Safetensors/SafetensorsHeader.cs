using System.Text;

namespace MiniGrad.IO;

/// <summary>
/// The header of a safetensors file, checked to the letter of the format: every tensor lies inside the data, none overlap,
/// and together they cover it. Whatever a file says, parsing takes less memory than the header has bytes.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>The longest header that is read, in bytes; the format's own limit.</summary>
    public const long MaxLength = 100_000_000;

    private readonly HeaderText _text;
    private readonly HeaderEntry[] _entries;
    private readonly int[] _byName;
    private readonly int[] _metadata;

    internal SafetensorsHeader(HeaderText text, HeaderEntry[] entries, int[] byName, int[] metadata) =>
        (_text, _entries, _byName, _metadata) = (text, entries, byName, metadata);

    /// <summary>Number of tensors.</summary>
    public int Count => _entries.Length;

    /// <summary>A tensor; they stand in the order of their data.</summary>
    /// <param name="index">Its place.</param>
    public SafetensorsTensor this[int index]
    {
        get
        {
            ref readonly HeaderEntry entry = ref _entries[index];
            return new SafetensorsTensor(_text.TextAt(entry.Name), entry.Type, HeaderParser.Shape(_text, entry), entry.Begin, entry.End - entry.Begin);
        }
    }

    /// <summary>The free text of the file, <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata.ToDictionary(_text.TextAt, name => _text.TextAt(_text.ValueAfter(name)));

    /// <summary>A tensor by name, or null.</summary>
    /// <param name="name">Its name.</param>
    public SafetensorsTensor? Find(string name)
    {
        byte[] key = Encoding.UTF8.GetBytes(name);
        int low = 0, high = _byName.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = _text.At(_entries[_byName[middle]].Name).SequenceCompareTo(key);
            if (order == 0) return this[_byName[middle]];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }
}

/// <summary>A tensor of a header, as offsets into it.</summary>
/// <param name="Name">Where its name is.</param>
/// <param name="Shape">Where its shape's bracket is.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Begin">First byte of its data.</param>
/// <param name="End">One past its last byte.</param>
internal readonly record struct HeaderEntry(int Name, int Shape, SafetensorsType Type, long Begin, long End);
