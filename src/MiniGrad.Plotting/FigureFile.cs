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

    internal static void MakeFolder(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }
}
