using System.Text;

namespace MiniGrad.Data;

/// <summary>One paragraph of documentation, collected piece by piece: its text, and its text with the names left out.</summary>
internal sealed class Paragraph
{
    private const char NamePlaceholder = '#';
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _nameless = new();

    /// <summary>Adds running text; every run of white space becomes one space.</summary>
    public void AddProse(ReadOnlySpan<char> piece)
    {
        AddCollapsed(_text, piece);
        AddCollapsed(_nameless, piece);
    }

    /// <summary>Adds a name of a type, member, parameter or keyword, or a snippet of code.</summary>
    public void AddName(ReadOnlySpan<char> name)
    {
        AddCollapsed(_text, name);
        _nameless.Append(NamePlaceholder);
    }

    /// <summary>What was collected, trimmed, and a fresh start.</summary>
    public (string Text, string Nameless) Take()
    {
        var result = (_text.ToString().Trim(' '), _nameless.ToString());
        _text.Clear();
        _nameless.Clear();
        return result;
    }

    private static void AddCollapsed(StringBuilder builder, ReadOnlySpan<char> piece)
    {
        bool space = builder.Length > 0 && builder[^1] == ' ';
        while (piece.Length > 0)
        {
            int gap = piece.IndexOfAny(" \t\r\n\u00A0");
            if (gap < 0)
            {
                builder.Append(piece);
                return;
            }

            builder.Append(piece[..gap]);
            space = gap == 0 && space;
            if (!space)
                builder.Append(' ');
            space = true;
            piece = piece[(gap + 1)..];
        }
    }
}
