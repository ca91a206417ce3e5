using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>Text files as their UTF-8 bytes, or one line that says why a file is not text.</summary>
internal static class Utf8Text
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The file's bytes without a byte-order mark; line ends stay as they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name that messages call it by.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, is too large, or is not UTF-8 text.</exception>
    public static ReadOnlyMemory<byte> Read(string path, string name)
    {
        ReadOnlyMemory<byte> text = TryRead(path, name, out string? fault);
        return fault is null ? text : throw new InvalidDataException(fault);
    }

    /// <summary>The same, where a file that is not UTF-8 text is no error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name that messages call it by.</param>
    /// <param name="fault">Why it is not text, or null.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, or is too large.</exception>
    public static ReadOnlyMemory<byte> TryRead(string path, string name, out string? fault)
    {
        byte[] bytes = ReadBytes(path, name);
        int start = bytes.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        fault = Fault(bytes.AsSpan(start), start, name);
        return bytes.AsMemory(start);
    }

    /// <summary>The nearest position at or before <paramref name="position"/> that does not split a code point.</summary>
    public static int CodePointBoundary(ReadOnlySpan<byte> text, int position)
    {
        while (position > 0 && position < text.Length && (text[position] & 0xC0) == 0x80)
            position--;
        return position;
    }

    private static byte[] ReadBytes(string path, string name)
    {
        try
        {
            // Devices and pipes report no length, and reading them might never end.
            long length = InputFile.LengthOf(path);
            if (length > Array.MaxLength)
                throw new InvalidDataException($"corpus: '{name}' holds {length} bytes, at most {Array.MaxLength} can be read: split it");
            return length == 0 ? [] : File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"corpus: '{name}' cannot be read: {InputFile.Why(error)}", error);
        }
    }

    private static string? Fault(ReadOnlySpan<byte> text, int offset, string name)
    {
        int nul = text.IndexOf((byte)0);
        if (nul >= 0) return $"corpus: '{name}' is binary: NUL byte at offset {nul + offset}, expected UTF-8 text: give a text file or a folder of them";
        if (Utf8.IsValid(text)) return null;
        int position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out int consumed) == OperationStatus.Done)
            position += consumed;
        return $"corpus: '{name}' is not UTF-8 text: byte 0x{text[position]:X2} at offset {position + offset}: convert it to UTF-8";
    }
}
