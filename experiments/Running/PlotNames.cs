using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Experiments.Running;

/// <summary>What figures under <c>plots</c> are called: every run has a name of its own, so that none overwrites another's.</summary>
internal static class PlotNames
{
    private const int HashLength = 6;

    /// <summary>The name of a run's figure: its folder's in <c>runs</c>; from anywhere else with a mark of the place.</summary>
    /// <param name="experiment">What ran.</param>
    /// <param name="runFolder">The run folder.</param>
    public static string Of(string experiment, string runFolder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(runFolder)), leaf = Path.GetFileName(full);
        string name = leaf.StartsWith(experiment, StringComparison.Ordinal) ? leaf : $"{experiment}-{leaf}";
        return Path.GetDirectoryName(full) == Path.Combine(RunFolder.Root(), "runs") ? name : $"{name}-{Hash(full)}";
    }

    /// <summary>The name of a figure of several runs.</summary>
    /// <param name="runFolders">The run folders, in order.</param>
    public static string Of(IReadOnlyList<string> runFolders)
    {
        string[] full = [.. runFolders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))];
        return $"{Path.GetFileName(full[0])}-and-{full.Length - 1}-more-{Hash(string.Join('\n', full))}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
