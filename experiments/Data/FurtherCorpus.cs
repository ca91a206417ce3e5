using System.Reflection;
using MiniGrad.Data;

namespace MiniGrad.Experiments.Data;

/// <summary>
/// A text that no run trains on: the prose of a library's documentation, of other authors about another matter than the
/// default corpus. The file is part of a package that is restored with the program in one pinned version, so its bytes are
/// the same everywhere.
/// </summary>
/// <param name="Name">What measures call it.</param>
/// <param name="Package">The package.</param>
/// <param name="Version">The pinned version.</param>
/// <param name="Folder">The folder inside the package.</param>
/// <param name="File">The XML file.</param>
/// <param name="Sha256">SHA-256 of the text (<see cref="Corpus.Sha256"/>).</param>
internal sealed record FurtherCorpus(string Name, string Package, string Version, string Folder, string File, string Sha256)
{
    private const string MetadataKey = "PackageFolder";

    /// <summary>Both texts.</summary>
    public static IReadOnlyList<FurtherCorpus> All { get; } =
    [
        new("numerics", "MathNet.Numerics", "5.0.0", "lib/net6.0", "MathNet.Numerics.xml", "e1e400f7d436a9f6d0ac98c25129d683db2dfb199cd72fecc01cf85f8491823c"),
        new("console", "Spectre.Console", "0.49.1", "lib/net8.0", "Spectre.Console.xml", "2c942efb9a4a0187887c10de59576c0c2d556e3899a9b4faa3f76120118781e8"),
    ];

    /// <summary>Finds the file beside a published program, else in the package folder it was built with, and verifies the text.</summary>
    /// <exception cref="InvalidDataException">It is missing, or not the pinned version.</exception>
    public Corpus Load() => Load(AppContext.BaseDirectory, typeof(FurtherCorpus).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == MetadataKey)?.Value);

    internal Corpus Load(string programFolder, string? packages)
    {
        string beside = Path.Combine(programFolder, "corpus", "further", File);
        string path = System.IO.File.Exists(beside) || packages is null ? beside : Path.Combine(packages, Package.ToLowerInvariant(), Version, Path.Combine(Folder.Split('/')), File);
        if (!System.IO.File.Exists(path)) throw new InvalidDataException($"corpus: '{path}' ({Package} {Version}) is missing: restore the experiments project and build it");
        Corpus corpus = DocumentationText.HeldOut(path, Name, $"English prose of the documentation of {Package} {Version}, one paragraph a line, the first of each template");
        return corpus.Sha256 == Sha256 ? corpus : throw new InvalidDataException($"corpus: '{path}' gives SHA-256 {corpus.Sha256[..12]}…, expected {Sha256[..12]}… ({Package} {Version}): restore that version");
    }
}
