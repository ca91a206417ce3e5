using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>
/// A folder that no second process works in until this is disposed, or the process ends however it ends: it holds a file
/// <c>.lock</c> open.
/// </summary>
internal sealed class HeldFolder : IDisposable
{
    private const string LockFile = ".lock";
    private readonly FileStream _lock;

    private HeldFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Holds a folder that is there, and removes what a killed process has left in it.</summary>
    /// <exception cref="CommandException">Another process works in it, or it cannot be written.</exception>
    /// <exception cref="InvalidDataException">Something in it is a link or no file: what is written there would go elsewhere.</exception>
    public static HeldFolder Of(string folder)
    {
        Entries.RequirePlain(folder);
        HeldFolder held = Try(folder) ?? throw new CommandException(ExitCode.InputOutput, $"{folder} is in use by another process; wait for it, or give another folder");
        try
        {
            AtomicFile.RemoveLeftovers(folder);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Holds a folder, or returns null where another process does.</summary>
    public static HeldFolder? Try(string folder)
    {
        string path = System.IO.Path.Combine(folder, LockFile);
        try
        {
            return new HeldFolder(folder, new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{folder} cannot be written: the system does not permit it", e);
        }
    }

    /// <summary>Whether a folder is empty but for what a process that was killed at once has left.</summary>
    public static bool IsUnused(string folder) => Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }).All(IsLeftover);

    public void Dispose() => _lock.Dispose();

    private static bool IsLeftover(string path) => Entries.Kind(path) == EntryKind.File && (AtomicFile.IsLeftover(System.IO.Path.GetFileName(path)) || (System.IO.Path.GetFileName(path) == LockFile && new FileInfo(path).Length == 0));
}
