using System.Reflection;
using MiniGrad.Data;

namespace MiniGrad.Experiments.Data;

/// <summary>Finds the default corpus: beside a published program, else in the NuGet package folder it was built with.</summary>
internal static class CorpusLocator
{
    private const string MetadataKey = "CorpusPack";

    /// <summary>The corpus of <c>--corpus</c>, or the default one where the option was not given.</summary>
    /// <param name="option">The path.</param>
    /// <param name="endOfText">What parts the documents of JSON Lines; by default a blank line.</param>
    /// <exception cref="InvalidDataException">It is missing, unreadable, or not the pinned version.</exception>
    public static Corpus Load(string? option, string? endOfText = null)
    {
        Corpus corpus = option is null ? ApiDocumentation.Load(DefaultFolder()) : TextCorpus.FromPath(option, endOfText);
        if (corpus.PassedOver > 0) Console.Error.WriteLine($"warning: corpus '{Shown.OneLine(corpus.Name)}': {corpus.PassedOver} {(corpus.PassedOver == 1 ? "file that is" : "files that are")} no UTF-8 text passed over");
        return corpus;
    }

    /// <summary>The folder of the pack's XML files.</summary>
    /// <exception cref="InvalidDataException">Neither place has them.</exception>
    public static string DefaultFolder() => DefaultFolder(AppContext.BaseDirectory, PackageFolder(typeof(Program).Assembly));

    internal static string DefaultFolder(string programFolder, string? packageFolder)
    {
        string beside = Path.Combine(programFolder, "corpus");
        if (HasXml(beside))
            return beside;
        if (packageFolder is not null && HasXml(packageFolder))
            return packageFolder;
        throw new InvalidDataException(
            $"corpus: the default corpus ({ApiDocumentation.Package} {ApiDocumentation.PackageVersion}) is neither in '{beside}' "
            + $"nor in '{packageFolder ?? "the NuGet package folder"}': restore the experiments project, or give --corpus PATH");
    }

    // The metadata of this assembly, not of the entry assembly: under a test host that is another one.
    private static string? PackageFolder(Assembly assembly) => assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == MetadataKey)?.Value;

    private static bool HasXml(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.xml").Any();
}
