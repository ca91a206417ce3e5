using System.Globalization;

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
    /// <exception cref="CommandException">The folder is a file or is not empty.</exception>
    public static string Choose(string name, string? chosen, string option = "--out")
    {
        if (chosen is null) return Unused(Path.Combine(Root(), "runs", $"{name}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}"));
        string folder = Path.GetFullPath(chosen);
        if (File.Exists(folder)) throw new CommandException(ExitCode.InputOutput, $"{option} {folder} is a file; give a folder that is new or empty");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw CommandException.Usage($"{option} {folder} is not empty; give a folder that is new or empty");
        return folder;
    }

    /// <summary>Makes the folder and proves that it can be written, before any training.</summary>
    /// <exception cref="CommandException">It cannot be made or written.</exception>
    public static void Create(string folder, string option = "--out")
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, ".probe");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.InputOutput, $"{option} {folder} cannot be written: {e.Message.TrimEnd('.')}; give another folder");
        }
    }

    /// <summary>Keeps a second process out of the folder until it is disposed, or the process ends however it ends.</summary>
    /// <exception cref="CommandException">Another process trains in it.</exception>
    public static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (File.Exists(Path.Combine(folder, ".lock")))
        {
            throw new CommandException(ExitCode.InputOutput, $"{folder} is in use by another process ({e.Message.TrimEnd('.')}); wait for it, or give another folder");
        }
    }

    private static string Unused(string folder)
    {
        string candidate = folder;
        for (int i = 2; Directory.Exists(candidate); i++) candidate = $"{folder}-{i}";
        return candidate;
    }
}
