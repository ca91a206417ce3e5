namespace MiniGrad.IO;

/// <summary>
/// Files that are read, whoever wrote them. What has no length (a device, a pipe) is never opened, since reading it might not
/// end, and no more is taken into memory than was said.
/// </summary>
public static class InputFile
{
    /// <summary>The most bytes of a document that is read as a whole, unless its reader says otherwise.</summary>
    public const long MostBytes = 1 << 27;

    private const int BufferSize = 1 << 16;

    /// <summary>Opens a file that is not empty.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">There is none, or it is a folder, empty, no regular file, or may not be read; the message names it.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new InvalidDataException($"'{path}' is a folder; expected a file");
            if (Entries.Kind(path, follow: true) == EntryKind.Missing) throw new InvalidDataException(new FileInfo(path).LinkTarget is { } target ? $"'{path}' is a link to '{target}', which does not exist" : $"'{path}' does not exist");
            return LengthOf(path) == 0 ? throw new InvalidDataException($"'{path}' is empty, or no regular file") : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {Why(e)}", e);
        }
    }

    /// <summary>The bytes of a file, by links or not; 0 of what is no regular file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">There is none.</exception>
    public static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        // A link has a length of its own.
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
    }

    /// <summary>Why a file could not be opened or read, without the file's name.</summary>
    /// <param name="e">What the runtime threw.</param>
    internal static string Why(Exception e) => e is UnauthorizedAccessException ? "the system does not permit it" : e.Message.ReplaceLineEndings(" ").TrimEnd('.');

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that are read.</param>
    /// <exception cref="InvalidDataException">It cannot be opened, or is larger.</exception>
    public static byte[] ReadAllBytes(string path, long most = MostBytes)
    {
        using FileStream stream = Open(path);
        long length = stream.Length;
        if (length > Math.Min(most, Array.MaxLength)) throw new InvalidDataException($"'{path}' has {length} bytes; at most {Math.Min(most, Array.MaxLength)} are read");
        try
        {
            var bytes = new byte[length];
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : throw new InvalidDataException($"'{path}' became shorter while it was read");
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {Why(e)}", e);
        }
    }
}
