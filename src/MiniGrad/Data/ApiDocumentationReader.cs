using System.Xml;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>Reads the paragraphs of one XML documentation file, in the order of the file.</summary>
internal sealed class ApiDocumentationReader
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private readonly XmlReader _reader;
    private readonly Action<Paragraph> _add;
    private readonly Paragraph _paragraph = new();
    private string? _reference; // of a <see> that is open and had no text so far
    private bool _inCode;       // inside <c>: its text is one name

    private ApiDocumentationReader(XmlReader reader, Action<Paragraph> add)
    {
        _reader = reader;
        _add = add;
    }

    /// <summary>Hands every non-empty paragraph to <paramref name="add"/>, which must not keep it.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or is not well-formed XML.</exception>
    public static void Read(string path, Action<Paragraph> add)
    {
        try
        {
            using var reader = XmlReader.Create(File.OpenRead(path), Settings);
            new ApiDocumentationReader(reader, add).Read();
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"corpus: {Path.GetFileName(path)} is not well-formed XML: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"corpus: '{path}' cannot be read: {InputFile.Why(error)}", error);
        }
    }

    private void Read()
    {
        bool more = _reader.Read();
        while (more)
        {
            if (_reader.NodeType == XmlNodeType.Element && _reader.LocalName is "code" or "name")
            {
                EndParagraph();
                _reader.Skip(); // moves to the node after it
                more = !_reader.EOF;
                continue;
            }

            if (_reader.NodeType == XmlNodeType.Element)
                Open();
            else if (_reader.NodeType == XmlNodeType.EndElement)
                Close();
            else if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                Text(_reader.Value);
            more = _reader.Read();
        }
    }

    private void Open()
    {
        switch (_reader.LocalName)
        {
            case "see" or "seealso" or "xref":
                _reference = Target();
                if (_reader.IsEmptyElement)
                    CloseReference();
                break;
            case "paramref" or "typeparamref":
                _paragraph.AddName(_reader.GetAttribute("name"));
                break;
            case "c":
                _inCode = !_reader.IsEmptyElement;
                break;
            case "sup":
                _paragraph.AddProse("^");
                break;
            case "sub" or "a" or "em" or "strong":
                break;
            default:
                EndParagraph();
                break;
        }
    }

    private void Close()
    {
        switch (_reader.LocalName)
        {
            case "see" or "seealso" or "xref":
                CloseReference();
                break;
            case "c":
                _inCode = false;
                break;
            case "sup" or "sub" or "a" or "em" or "strong":
                break;
            default:
                EndParagraph();
                break;
        }
    }

    private void Text(string text)
    {
        if (_inCode)
            _paragraph.AddName(text);
        else
            _paragraph.AddProse(text);
        if (_reader.NodeType == XmlNodeType.Text)
            _reference = null;
    }

    private void CloseReference()
    {
        if (_reference is not null)
            _paragraph.AddName(_reference);
        _reference = null;
    }

    private void EndParagraph()
    {
        if (_paragraph.Text.Length > 0)
            _add(_paragraph);
        _paragraph.Clear();
    }

    private string Target()
    {
        if ((_reader.GetAttribute("cref") ?? _reader.GetAttribute("uid")) is { } id)
            return ApiMemberName.Readable(id);
        return _reader.GetAttribute("langword") ?? _reader.GetAttribute("href") ?? "";
    }
}
