using System.Diagnostics;

namespace MiniGrad.Tests.IO;

/// <summary>A file system of a few hundred kilobytes in memory, where the system lets us mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts one, or skips the test with the reason.</summary>
    public static SmallDisk Mount(string folder, int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root on Linux can mount a small file system");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder) == 0, "mounting a tmpfs is not permitted here");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all that is free but a few bytes.</summary>
    public void Fill()
    {
        try
        {
            using var stream = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 1);
            while (true) stream.Write(new byte[1024]);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => Run("umount", "-l", Path);

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
