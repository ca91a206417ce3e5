namespace MiniGrad.Data;

/// <summary>
/// The English prose of one library's XML documentation as text to evaluate on, in the form of <see cref="ApiDocumentation"/>:
/// a line is a paragraph, what is not prose is left out.
/// </summary>
/// <remarks>
/// No paragraph comes twice, and of those with one template (<see cref="Prose.Template"/>) the first is kept: documentation that repeats itself for
/// every numeric type would otherwise measure how well a sentence is copied from the one before.
/// </remarks>
public static class DocumentationText
{
    /// <summary>Reads a documentation file; all of it is held out.</summary>
    /// <param name="path">The XML file.</param>
    /// <param name="name">A short name for tables; never a path.</param>
    /// <param name="description">One sentence: whose documentation it is, in which version.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, is not well-formed XML, or holds no prose.</exception>
    public static Corpus HeldOut(string path, string name, string description)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var templates = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlyMemory<byte> text = ApiDocumentation.Collect([path], paragraph => Prose.IsProse(paragraph.Text) && seen.Add(paragraph.Text) && templates.Add(Prose.Template(paragraph.Nameless)));
        string file = Path.GetFileName(path);
        if (text.Length == 0) throw new InvalidDataException($"corpus: '{path}' holds no prose: give the XML documentation of a library");
        return new Corpus(name, description, ReadOnlyMemory<byte>.Empty, text, [], [file]);
    }
}
