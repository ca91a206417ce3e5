namespace MiniGrad.Plotting;

/// <summary>The kinds of file that figures are drawn to.</summary>
internal enum FigureFormat
{
    Png,
    Svg,
}

/// <summary>What the renderers share about files.</summary>
internal static class FigureFile
{
    /// <summary>The format that a path's extension names.</summary>
    /// <exception cref="ArgumentException">Any other extension.</exception>
    internal static FigureFormat Format(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => FigureFormat.Png,
        ".svg" => FigureFormat.Svg,
        string other => throw new ArgumentException($"figure file '{path}': found extension '{other}', expected .png or .svg"),
    };

    /// <summary>Writes a figure whole or not at all: under a temporary name in the same folder, flushed, then renamed. A link of its name is replaced, not followed.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string target = Path.GetFullPath(path), folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        // As the library names what is not finished, so that the next start of a program removes it.
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid().ToString("N")[..8]}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
