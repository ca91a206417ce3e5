using System.Diagnostics;
using System.Text;

namespace MiniGrad.Tests.Build;

/// <summary>The source tree that this test assembly was built from.</summary>
internal static class Repository
{
    /// <summary>The folder of MiniGrad.sln, or null where the assembly was moved away from its source tree.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The files that git tracks, relative to the root; null outside a git checkout.</summary>
    public static async Task<string[]?> TrackedFilesAsync(CancellationToken cancellationToken)
    {
        if (Root is null || !Path.Exists(Path.Combine(Root, ".git"))) return null;
        var start = new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z"]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        using Process git = Process.Start(start)!;
        string output = await git.StandardOutput.ReadToEndAsync(cancellationToken);
        await git.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, git.ExitCode);
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return folder?.FullName;
    }
}
