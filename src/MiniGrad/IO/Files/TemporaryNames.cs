namespace MiniGrad.IO;

/// <summary>The names of what is not finished: <c>.NAME.xxxxxxxx.tmp</c>. A killed process leaves such a file or folder behind; the next start removes it.</summary>
internal static class TemporaryNames
{
    private const string Suffix = ".tmp";

    /// <summary>A new name beside a target.</summary>
    public static string Beside(string target) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid().ToString("N")[..8]}{Suffix}");

    public static bool Matches(string name) => name.Length > 14 && name[0] == '.' && name.EndsWith(Suffix, StringComparison.Ordinal) && name[^13] == '.' && name[^12..^4].All(char.IsAsciiHexDigitLower);

    /// <summary>Removes what was left in a folder; links are not followed.</summary>
    /// <param name="folder">The folder; one that is not there has nothing to remove.</param>
    /// <param name="recursive">Whether also in its folders.</param>
    /// <param name="files">The disk.</param>
    public static void Remove(string folder, bool recursive, IFileOperations files)
    {
        if (!Directory.Exists(folder)) return;
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }).ToArray())
        {
            bool isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
            if (Matches(entry.Name))
            {
                if (isFolder) files.DeleteFolder(entry.FullName);
                else files.DeleteFile(entry.FullName);
            }
            else if (recursive && isFolder)
            {
                Remove(entry.FullName, recursive, files);
            }
        }
    }
}
