using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MiniGrad.IO;

/// <summary>Tells files from what only looks like one, without opening it.</summary>
public static partial class Entries
{
    private const int WorkingFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int ResultBytes = 256, ModeOffset = 28; // of struct statx, the same on every architecture
    private const int TypeMask = 0xF000, FileType = 0x8000, FolderType = 0x4000, LinkType = 0xA000;

    /// <summary>What a path leads to.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether what a link points to is asked for, not the link itself.</param>
    public static EntryKind Kind(string path, bool follow = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!follow && new FileInfo(path).LinkTarget is not null) return EntryKind.Link;
        if (Directory.Exists(path)) return EntryKind.Folder;
        if (!File.Exists(path)) return EntryKind.Missing;
        return OperatingSystem.IsLinux() ? OnLinux(path, follow ? 0 : NoFollow) : EntryKind.File;
    }

    /// <summary>Throws unless everything in a folder, to any depth, is a file or a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">Something is a link, a device, a pipe or a socket; the message names it.</exception>
    public static void RequirePlain(string folder)
    {
        var within = new EnumerationOptions { AttributesToSkip = FileAttributes.None };
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? next))
        {
            try
            {
                foreach (string path in Directory.EnumerateFileSystemEntries(next, "*", within))
                {
                    if (RequirePlainEntry(path) == EntryKind.Folder) open.Push(path);
                }
            }
            catch (DirectoryNotFoundException) when (next != folder)
            {
                // A run that trains has removed it meanwhile.
            }
        }
    }

    private static EntryKind RequirePlainEntry(string path) => Kind(path) switch
    {
        EntryKind.Link => throw new InvalidDataException($"'{path}' is a link, and what it points to is no part of the folder; put a copy in its place"),
        EntryKind.Special => throw new InvalidDataException($"'{path}' is a device, a pipe or a socket; remove it"),
        EntryKind kind => kind,
    };

    private static EntryKind OnLinux(string path, int flags)
    {
        Span<byte> result = stackalloc byte[ResultBytes];
        if (Status(WorkingFolder, path, flags, TypeOnly, result) != 0) return EntryKind.Missing;
        return (BinaryPrimitives.ReadUInt16LittleEndian(result[ModeOffset..]) & TypeMask) switch
        {
            FileType => EntryKind.File,
            FolderType => EntryKind.Folder,
            LinkType => EntryKind.Link,
            _ => EntryKind.Special,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, Span<byte> result);
}
