using System.Buffers;
using System.Text;

namespace MiniGrad.Data;

/// <summary>
/// The default corpus: the English prose of the .NET API documentation, taken from the XML files of one pinned reference
/// pack, so that its bytes are the same on every machine.
/// </summary>
/// <remarks>
/// A line is a paragraph: the text of a summary, parameter, return value, exception or remark with the markup replaced
/// by readable names and white space collapsed; what is not prose (code, instruction mnemonics) is left out, and so is a
/// paragraph that stood before. Files come in ordinal order of their names, paragraphs in the order of the file.
/// Whole files are held out, and a held-out paragraph is dropped if a training paragraph has the same template
/// (<see cref="Prose.Template"/>), since otherwise the validation loss would measure how well boilerplate was memorized.
/// </remarks>
public static class ApiDocumentation
{
    /// <summary>The package that holds the files.</summary>
    public const string Package = "Microsoft.NETCore.App.Ref";

    /// <summary>The version of <see cref="Package"/> that <see cref="ExpectedSha256"/> belongs to.</summary>
    public const string PackageVersion = "10.0.12";

    /// <summary>SHA-256 of the corpus (<see cref="Corpus.Sha256"/>).</summary>
    public const string ExpectedSha256 = "3b106410f274037d78f92ef0da2bbaf6f4dbf0e23ce6940aac640ae58e979e3c";

    private static readonly string[] HeldOut =
    [
        "System.Console.xml",
        "System.Diagnostics.Process.xml",
        "System.IO.Pipes.xml",
        "System.Net.Http.xml",
        "System.Text.Json.xml",
        "System.Text.RegularExpressions.xml",
        "System.Threading.xml",
        "System.Xml.XDocument.xml",
    ];

    /// <summary>Extracts the corpus from the folder of the pack's XML files, and verifies it.</summary>
    /// <exception cref="InvalidDataException">The folder holds no XML files, a damaged one, or those of another pack.</exception>
    public static Corpus Load(string folder)
    {
        Corpus corpus = Extract(folder);
        if (corpus.Sha256 != ExpectedSha256)
        {
            throw new InvalidDataException(
                $"corpus: the XML files in '{folder}' give SHA-256 {corpus.Sha256[..12]}…, expected {ExpectedSha256[..12]}… "
                + $"({Package} {PackageVersion}): restore that version, or give --corpus PATH");
        }

        return corpus;
    }

    /// <summary>The corpus of the folder's XML files, whatever version they are of.</summary>
    internal static Corpus Extract(string folder)
    {
        string[] paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.xml") : [];
        if (paths.Length == 0)
        {
            throw new InvalidDataException(
                $"corpus: no XML files in '{folder}', expected those of {Package} {PackageVersion}: restore it, or give --corpus PATH");
        }

        Array.Sort(paths, (a, b) => string.CompareOrdinal(Path.GetFileName(a), Path.GetFileName(b)));
        string[] validationPaths = Array.FindAll(paths, IsHeldOut);
        string[] trainPaths = Array.FindAll(paths, path => !IsHeldOut(path));

        var seen = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var templates = new HashSet<string>(StringComparer.Ordinal);
        bool IsNew(Paragraph paragraph) => seen.Add(paragraph.Text) && Prose.IsProse(paragraph.Text);
        ReadOnlyMemory<byte> train = Collect(trainPaths, paragraph =>
        {
            if (!IsNew(paragraph))
                return false;
            templates.Add(Prose.Template(paragraph.Nameless));
            return true;
        });
        ReadOnlyMemory<byte> validation = Collect(validationPaths, paragraph =>
            IsNew(paragraph) && !templates.Contains(Prose.Template(paragraph.Nameless)));

        return new Corpus(
            "api-documentation",
            $"English prose of the .NET API documentation ({Package} {PackageVersion}), one paragraph a line; "
            + $"{validationPaths.Length} of {paths.Length} files held out, less the paragraphs whose template occurs in training",
            train, validation, Names(trainPaths), Names(validationPaths));
    }

    internal static ReadOnlyMemory<byte> Collect(string[] paths, Predicate<Paragraph> keep)
    {
        var lines = new ArrayBufferWriter<byte>(1 << 20);
        foreach (string path in paths)
        {
            ApiDocumentationReader.Read(path, paragraph =>
            {
                if (!keep(paragraph))
                    return;
                Encoding.UTF8.GetBytes(paragraph.Text, lines);
                lines.Write("\n"u8);
            });
        }

        return lines.WrittenMemory;
    }

    private static bool IsHeldOut(string path) => HeldOut.Contains(Path.GetFileName(path));

    private static string[] Names(string[] paths) => Array.ConvertAll(paths, path => Path.GetFileName(path)!);
}
