using System.Text;
using System.Text.Json;

namespace MiniGrad.IO;

/// <summary>
/// The bytes of a header. Names are unescaped in their place and closed by 0xFF, which no UTF-8 holds, so that a name is
/// its offset: a hostile header of millions of tensors must not cost more memory than itself.
/// </summary>
internal sealed class HeaderText(byte[] bytes)
{
    private const byte End = 0xFF;

    public byte[] Bytes => bytes;

    /// <summary>Closes the string that the reader stands on and returns where it begins.</summary>
    public int Close(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex + 1, length = reader.ValueSpan.Length, end = start + length;
        if (reader.ValueIsEscaped)
        {
            var plain = new byte[length];
            length = reader.CopyString(plain);
            plain.AsSpan(0, length).CopyTo(bytes.AsSpan(start));
        }
        bytes[start + length] = End;
        bytes.AsSpan((start + length + 1)..(end + 1)).Fill((byte)' ');
        return start;
    }

    public ReadOnlySpan<byte> At(int start)
    {
        ReadOnlySpan<byte> rest = bytes.AsSpan(start);
        return rest[..rest.IndexOf(End)];
    }

    public string TextAt(int start) => Encoding.UTF8.GetString(At(start));

    /// <summary>A name for a message: never longer than a line.</summary>
    public string ShortAt(int start) => Shorten(TextAt(start));

    /// <summary>A name from a file for a message: at most 80 characters, none of which breaks a line or moves a cursor.</summary>
    public static string Shorten(string name)
    {
        string plain = name.Any(char.IsControl) ? string.Concat(name.Select(c => char.IsControl(c) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString())) : name;
        return plain.Length <= 80 ? plain : $"{plain[..80]}…";
    }

    /// <summary>Sorts names and refuses two that are equal.</summary>
    public void RequireDistinct(int[] names, string what)
    {
        Array.Sort(names, (a, b) => At(a).SequenceCompareTo(At(b)));
        for (int i = 1; i < names.Length; i++)
        {
            if (At(names[i - 1]).SequenceEqual(At(names[i]))) throw new SafetensorsException($"{what} '{ShortAt(names[i])}' stands twice in the header");
        }
    }

    /// <summary>The string value behind a closed name.</summary>
    public int ValueAfter(int name)
    {
        int at = name + At(name).Length + 1;
        return at + bytes.AsSpan(at).IndexOf((byte)'"') + 1;
    }
}
