using System.Globalization;
using MiniGrad.Experiments.Recorded;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>Where a command writes: a run folder of its own, and the project's <c>plots</c>.</summary>
internal static class RunFolder
{
    /// <summary>The folder that <c>runs</c> and <c>plots</c> lie in: the project's root when called inside it, else the current folder.</summary>
    public static string Root()
    {
        string current = Directory.GetCurrentDirectory();
        for (string? folder = current; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "MiniGrad.sln"))) return folder;
        }
        return current;
    }

    /// <summary>Where figures of the latest runs are put.</summary>
    public static string Plots() => Path.Combine(Root(), "plots");

    /// <summary>Chooses the run folder and checks it, without writing anything.</summary>
    /// <param name="name">What runs; a folder of its own under <c>runs</c> is called after it and the time.</param>
    /// <param name="chosen">The folder that was asked for, or null.</param>
    /// <param name="option">How it was asked for.</param>
    /// <exception cref="CommandException">The folder is a file or is not empty.</exception>
    public static NewFolder Choose(string name, string? chosen, string option = "--out")
    {
        if (chosen is null) return new NewFolder(Path.Combine(Root(), "runs", $"{name}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}"), Option: null);
        string folder = Path.GetFullPath(chosen);
        switch (Entries.Kind(folder, follow: true))
        {
            case EntryKind.File or EntryKind.Special:
                throw new CommandException(ExitCode.InputOutput, $"{option} {folder} is a file; give a folder that is new or empty");
            case EntryKind.Missing when Entries.Kind(folder) == EntryKind.Link:
                throw new CommandException(ExitCode.InputOutput, $"{option} {folder} is a link to nothing; give a folder that is new or empty");
            case EntryKind.Folder when !HeldFolder.IsUnused(folder):
                throw NotEmpty(folder, option);
            default:
                return new NewFolder(folder, option);
        }
    }

    /// <summary>Makes the folder and holds it, which proves before any training that it can be written. Of several processes that chose one name at once, the others take the next names.</summary>
    /// <exception cref="CommandException">It cannot be made or written, or another process was faster.</exception>
    public static HeldFolder Take(NewFolder folder)
    {
        while (true)
        {
            string path = folder.Path;
            try
            {
                Directory.CreateDirectory(path);
                if (HeldFolder.Try(path) is { } held)
                {
                    if (HeldFolder.IsUnused(path))
                    {
                        AtomicFile.RemoveLeftovers(path);
                        return held;
                    }
                    held.Dispose();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.InputOutput, $"{folder.Option ?? "--out"} {path} cannot be written: {e.Message.TrimEnd('.')}; give another folder");
            }
            if (folder.Option is { } option) throw NotEmpty(path, option);
        }
    }

    private static CommandException NotEmpty(string folder, string option) => RecordedCommand.IsIn(folder)
        ? CommandException.Usage($"{option} {folder} is not empty; '--resume {folder}' goes on with the run in it, or give a folder that is new or empty")
        : CommandException.Usage($"{option} {folder} is not empty; give a folder that is new or empty");
}
