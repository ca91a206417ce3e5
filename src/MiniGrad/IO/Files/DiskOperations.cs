using System.Runtime.InteropServices;

namespace MiniGrad.IO;

/// <summary>The disk itself.</summary>
internal sealed partial class DiskOperations : IFileOperations
{
    private const int BufferSize = 1 << 16;
    private const int ReadOnly = 0;
    private const int NotSupported = 22; // EINVAL: a file system that cannot flush folders

    public static readonly DiskOperations Instance = new();

    private DiskOperations()
    {
    }

    public Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize);

    public void Flush(Stream stream) => ((FileStream)stream).Flush(flushToDisk: true);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void FlushFolder(string path)
    {
        // .NET opens no folders. Windows needs no flush: NTFS logs its names.
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Failed(path);
        try
        {
            if (Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() != NotSupported) throw Failed(path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public void MoveFile(string from, string to) => File.Move(from, to, overwrite: true);

    public void MoveFolder(string from, string to) => Directory.Move(from, to);

    public void DeleteFile(string path) => File.Delete(path);

    public void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    private static IOException Failed(string path) => new($"the folder '{path}' cannot be brought to the disk: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
