using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Data;

/// <summary>A corpus of the user's own: any UTF-8 file, or a folder of them.</summary>
public static class TextCorpus
{
    private const double HeldOutShare = 0.1;
    private const double LeastHeldOutShare = 0.02;

    /// <summary>Reads a file, every file below a folder, or those that a pattern such as <c>src/**/*.cs</c> names, and splits it.</summary>
    /// <param name="path">The file, the folder or the pattern.</param>
    /// <param name="endOfText">What parts the documents of JSON Lines; by default a blank line.</param>
    /// <remarks>
    /// <para>The bytes are taken as they are, carriage returns included; only a byte-order mark is dropped, and a file
    /// that does not end with a line feed gets one when another follows. A folder's files come in ordinal order of their
    /// relative names; hidden files and links are passed over, and what is not text, with a count.</para>
    /// <para>Of a file <c>.jsonl</c> or <c>.ndjson</c> the string <c>text</c> of each line is a document.</para>
    /// <para>Of a folder whole files are held out: in the order of the SHA-256 of their names, as long as they make up at
    /// most a tenth of the bytes. Of a single file, and where no such files make up 2 %, the last tenth is held out, from
    /// the beginning of a line if there is one near.</para>
    /// </remarks>
    /// <exception cref="InvalidDataException">The path is missing, unreadable, empty or not UTF-8 text.</exception>
    public static Corpus FromPath(string path, string? endOfText = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (Directory.Exists(path))
            return FromFiles(path, name, FolderFiles.Below(path), endOfText);
        if (FolderFiles.IsPattern(path))
            return FromFiles(path, name, FolderFiles.Matching(path), endOfText);
        if (!File.Exists(path))
            throw new InvalidDataException($"corpus: '{path}' does not exist: give a UTF-8 text file or a folder of them");

        ReadOnlyMemory<byte> text = Documents(Utf8Text.Read(path, path), path, endOfText);
        if (text.Length == 0)
            throw new InvalidDataException($"corpus: '{path}' is empty: give a UTF-8 text file or a folder of them");
        return Tail(name, text, [name]);
    }

    private static ReadOnlyMemory<byte> Documents(ReadOnlyMemory<byte> text, string path, string? endOfText) => JsonLinesText.IsJsonLines(path) ? JsonLinesText.Documents(text, path, endOfText) : text;

    private static Corpus FromFiles(string path, string name, IReadOnlyList<(string Path, string Name)> found, string? endOfText)
    {
        (List<TextFile> files, int others) = Read(found, endOfText);
        long total = files.Sum(file => (long)file.Text.Length);
        if (total == 0)
            throw new InvalidDataException($"corpus: '{path}' holds no text files ({(others > 0 ? $"{others} of {found.Count} files are no UTF-8 text, " : "")}hidden files and links are passed over)");
        if (total > Array.MaxLength - files.Count)
            throw new InvalidDataException($"corpus: '{path}' holds {total} bytes, at most {Array.MaxLength} can be read: give a part of it");

        HashSet<string> heldOut = HeldOut(files, total);
        if (heldOut.Count == 0)
            return Tail(name, Join(files), [.. files.Select(file => file.Name)]) with { PassedOver = others };

        var train = files.FindAll(file => !heldOut.Contains(file.Name));
        var validation = files.FindAll(file => heldOut.Contains(file.Name));
        return new Corpus(
            name, $"{files.Count} files of '{name}', {validation.Count} of them held out{(others > 0 ? $", {others} that are no text passed over" : "")}",
            Join(train), Join(validation), [.. train.Select(file => file.Name)], [.. validation.Select(file => file.Name)])
        { PassedOver = others };
    }

    private static (List<TextFile> Files, int Others) Read(IReadOnlyList<(string Path, string Name)> found, string? endOfText)
    {
        var files = new List<TextFile>();
        int others = 0;
        foreach ((string path, string name) in found)
        {
            ReadOnlyMemory<byte> text = Utf8Text.TryRead(path, path, out string? fault);
            if (fault is not null) others++;
            else if (Documents(text, path, endOfText) is { Length: > 0 } documents) files.Add(new TextFile(name, documents));
        }
        return (files, others);
    }

    private static HashSet<string> HeldOut(List<TextFile> files, long total)
    {
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        foreach (TextFile file in files.OrderBy(file => NameHash(file.Name), StringComparer.Ordinal))
        {
            if (bytes + file.Text.Length > total * HeldOutShare)
                continue;
            heldOut.Add(file.Name);
            bytes += file.Text.Length;
        }

        return bytes >= total * LeastHeldOutShare ? heldOut : [];
    }

    private static string NameHash(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static Corpus Tail(string name, ReadOnlyMemory<byte> text, string[] files)
    {
        ReadOnlySpan<byte> bytes = text.Span;
        int cut = (int)(bytes.Length * (1 - HeldOutShare));
        int line = bytes[cut..].IndexOf((byte)'\n') + 1;
        bool atLine = line > 0 && line <= (bytes.Length - cut) / 2;
        cut = atLine ? cut + line : Utf8Text.CodePointBoundary(bytes, cut);
        return new Corpus(
            name, $"'{name}', the last {bytes.Length - cut} of {bytes.Length} bytes held out", text[..cut], text[cut..], files, files);
    }

    private static ReadOnlyMemory<byte> Join(List<TextFile> files)
    {
        var joined = new MemoryStream();
        for (int i = 0; i < files.Count; i++)
        {
            joined.Write(files[i].Text.Span);
            if (i + 1 < files.Count && files[i].Text.Span[^1] != '\n')
                joined.WriteByte((byte)'\n');
        }

        return joined.ToArray();
    }

    private readonly record struct TextFile(string Name, ReadOnlyMemory<byte> Text);
}
