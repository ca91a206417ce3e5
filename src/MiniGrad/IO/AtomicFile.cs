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
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        string name = Path.GetFileName(target);
        if (name.Length == 0)
            throw new IOException($"'{path}' names a folder, not a file: add a file name");
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{name}.{Guid.NewGuid().ToString("N")[..8]}.tmp");

        // Before the try: a folder that is missing or read-only leaves nothing to clean up.
        var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error)
        {
            Remove(temporary, error);
            throw;
        }
    }

    private static void Remove(string temporary, Exception error)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{error.Message} (and '{temporary}' could not be removed: {second.Message})", error);
        }
    }
}
