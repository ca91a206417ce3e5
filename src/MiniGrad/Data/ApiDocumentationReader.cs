using System.Xml;

namespace MiniGrad.Data;

/// <summary>Reads the paragraphs of one XML documentation file, in the order of the file.</summary>
internal static class ApiDocumentationReader
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    /// <summary>Hands every non-empty paragraph, as text and as text without names, to <paramref name="add"/>.</summary>
    /// <exception cref="InvalidDataException">The file is not well-formed XML.</exception>
    public static void Read(string path, Action<string, string> add)
    {
        try
        {
            using var reader = XmlReader.Create(File.OpenRead(path), Settings);
            Read(reader, add);
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"corpus: {Path.GetFileName(path)} is not well-formed XML: {error.Message}", error);
        }
    }

    private static void Read(XmlReader reader, Action<string, string> add)
    {
        var paragraph = new Paragraph();
        string? reference = null;   // of a <see> that is open and had no text so far
        bool inCode = false;        // inside <c>: its text is one name
        bool skipped = false;       // Skip() has already moved to the next node
        while (skipped || reader.Read())
        {
            skipped = false;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.LocalName is "code" or "name":
                    Flush();
                    reader.Skip();
                    skipped = !reader.EOF;
                    break;
                case XmlNodeType.Element when reader.LocalName is "see" or "seealso" or "xref":
                    reference = Target(reader);
                    if (reader.IsEmptyElement)
                        CloseReference();
                    break;
                case XmlNodeType.Element when reader.LocalName is "paramref" or "typeparamref":
                    paragraph.AddName(reader.GetAttribute("name"));
                    break;
                case XmlNodeType.Element when reader.LocalName is "c":
                    inCode = !reader.IsEmptyElement;
                    break;
                case XmlNodeType.Element when reader.LocalName is "sup":
                    paragraph.AddProse("^");
                    break;
                case XmlNodeType.Element or XmlNodeType.EndElement when IsInline(reader.LocalName):
                    if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName is "c")
                        inCode = false;
                    if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName is "see" or "seealso" or "xref")
                        CloseReference();
                    break;
                case XmlNodeType.Element or XmlNodeType.EndElement:
                    Flush();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    if (inCode)
                        paragraph.AddName(reader.Value);
                    else
                        paragraph.AddProse(reader.Value);
                    if (reader.NodeType == XmlNodeType.Text)
                        reference = null;
                    break;
            }
        }

        void CloseReference()
        {
            if (reference is not null)
                paragraph.AddName(reference);
            reference = null;
        }

        void Flush()
        {
            var (text, nameless) = paragraph.Take();
            if (text.Length > 0)
                add(text, nameless);
        }
    }

    private static bool IsInline(string element) =>
        element is "c" or "see" or "seealso" or "xref" or "sup" or "sub" or "a" or "em" or "strong" or "i" or "b";

    private static string Target(XmlReader reader)
    {
        if (reader.GetAttribute("cref") is { } id)
            return ApiMemberName.Readable(id);
        if (reader.GetAttribute("uid") is { } uid)
            return ApiMemberName.Readable(uid);
        return reader.GetAttribute("langword") ?? reader.GetAttribute("href") ?? "";
    }
}
