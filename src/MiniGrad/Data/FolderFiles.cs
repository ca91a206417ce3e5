using Microsoft.Extensions.FileSystemGlobbing;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>
/// The files below a folder, all or those of a pattern, in ordinal order of their relative names. Hidden files and links are
/// passed over: a link can neither lead out of the folder nor round in circles.
/// </summary>
internal static class FolderFiles
{
    private static readonly EnumerationOptions Enumeration = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Whether a path is a pattern: it has a wildcard, and there is no file of that name.</summary>
    /// <param name="path">The path.</param>
    public static bool IsPattern(string path) => path.Contains('*', StringComparison.Ordinal) && !File.Exists(path) && !Directory.Exists(path);

    /// <summary>The folder before a pattern's first wildcard.</summary>
    /// <param name="pattern">The pattern.</param>
    public static string Base(string pattern) => Split(pattern).Folder;

    /// <summary>All files below a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static IReadOnlyList<(string Path, string Name)> Below(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", Enumeration)
                .Select(path => (path, Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')))
                .OrderBy(file => file.Item2, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new InvalidDataException($"corpus: '{folder}' cannot be read: {InputFile.Why(error)}", error);
        }
    }

    /// <summary>The files that a pattern names: <c>*</c> within a name, <c>**</c> over folders.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="InvalidDataException">There are none, or their folder cannot be read.</exception>
    public static IReadOnlyList<(string Path, string Name)> Matching(string pattern)
    {
        if (!Directory.Exists(Base(pattern))) throw new InvalidDataException($"corpus: '{pattern}': there is no folder '{Base(pattern)}'");
        IReadOnlyList<(string Path, string Name)> files = MatchingOrNone(pattern);
        return files.Count > 0 ? files : throw new InvalidDataException($"corpus: '{pattern}' names no file; a pattern has * within a name and ** over folders, such as 'src/**/*.cs'");
    }

    /// <summary>The files that a pattern names, which may be none.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="InvalidDataException">Their folder cannot be read.</exception>
    public static IReadOnlyList<(string Path, string Name)> MatchingOrNone(string pattern)
    {
        (string folder, string rest) = Split(pattern);
        Matcher matcher = new Matcher(StringComparison.Ordinal).AddInclude(rest);
        return [.. Below(folder).Where(file => matcher.Match(file.Name).HasMatches)];
    }

    private static (string Folder, string Names) Split(string pattern)
    {
        int slash = pattern.LastIndexOf('/', pattern.IndexOf('*', StringComparison.Ordinal));
        return slash < 0 ? (".", pattern) : (slash == 0 ? "/" : pattern[..slash], pattern[(slash + 1)..]);
    }
}
