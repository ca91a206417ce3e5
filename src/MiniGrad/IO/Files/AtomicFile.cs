using System.Text;

namespace MiniGrad.IO;

/// <summary>
/// Files that are either wholly the old ones or wholly the new ones: written under a temporary name in the same folder,
/// flushed to the disk, then renamed over the target.
/// </summary>
/// <remarks>
/// Nothing is swallowed: what writing, flushing or renaming throws reaches the caller, after the temporary file is gone.
/// A process killed in between leaves a file <c>.NAME.xxxxxxxx.tmp</c> and the old target untouched. A target that is a
/// symbolic link is replaced, not followed.
/// </remarks>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte-order mark.</summary>
    /// <exception cref="IOException">The file cannot be written, flushed or renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the target does not permit it.</exception>
    /// <exception cref="EncoderFallbackException">The text holds a lone surrogate; nothing is written.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WriteBytes(path, Utf8.GetBytes(text));
    }

    /// <summary>Writes <paramref name="bytes"/>.</summary>
    /// <exception cref="IOException">The file cannot be written, flushed or renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the target does not permit it.</exception>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> bytes) =>
        Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Writes what <paramref name="write"/> puts into the stream it is given and leaves open.</summary>
    /// <exception cref="IOException">The file cannot be written, flushed or renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the target does not permit it.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, DiskOperations.Instance);

    /// <summary>Removes what a process killed in the middle of a write has left in a folder and the folders in it.</summary>
    /// <param name="folder">The folder; one that is not there has nothing to remove.</param>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public static void RemoveLeftovers(string folder) => TemporaryNames.Remove(folder, recursive: true, DiskOperations.Instance);

    /// <summary>Whether a name is one that only an unfinished write has.</summary>
    /// <param name="name">The name of a file or folder.</param>
    public static bool IsLeftover(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TemporaryNames.Matches(name);
    }

    internal static void Write(string path, Action<Stream> write, IFileOperations files)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        string name = Path.GetFileName(target);
        if (name.Length == 0)
            throw new IOException($"'{path}' names a folder, not a file: add a file name");
        if (Directory.Exists(target)) throw new IOException($"'{path}' is a folder; a file of that name is to be written: move it away");
        string temporary = TemporaryNames.Beside(target);

        // Before the try: a folder that is missing or read-only leaves nothing to clean up.
        Stream stream = Created(temporary, target, files);
        try
        {
            using (stream)
            {
                write(stream);
                files.Flush(stream);
            }

            files.MoveFile(temporary, target);
            files.FlushFolder(Path.GetDirectoryName(target)!);
        }
        catch (Exception error)
        {
            Remove(temporary, error, files);
            throw;
        }
    }

    // The temporary name is nobody's business.
    private static Stream Created(string temporary, string target, IFileOperations files)
    {
        try
        {
            return files.Create(temporary);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{target}' cannot be written: its folder does not permit it", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"'{target}' cannot be written: there is no folder '{Path.GetDirectoryName(target)}'", e);
        }
    }

    private static void Remove(string temporary, Exception error, IFileOperations files)
    {
        try
        {
            files.DeleteFile(temporary);
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{error.Message} (and '{temporary}' could not be removed: {second.Message})", error);
        }
    }
}
