namespace MiniGrad.Data;

/// <summary>One paragraph of documentation, collected piece by piece: its text, and its text with the names left out.</summary>
internal sealed class Paragraph
{
    private readonly Collapsed _text = new();
    private readonly Collapsed _nameless = new();

    /// <summary>The text: trimmed, and every run of white space one space.</summary>
    public ReadOnlySpan<char> Text => _text.Value;

    /// <summary>The same with <c>#</c> for each name.</summary>
    public ReadOnlySpan<char> Nameless => _nameless.Value;

    /// <summary>Adds running text.</summary>
    public void AddProse(ReadOnlySpan<char> piece)
    {
        _text.Add(piece);
        _nameless.Add(piece);
    }

    /// <summary>Adds a name of a type, member, parameter or keyword, or a snippet of code.</summary>
    public void AddName(ReadOnlySpan<char> name)
    {
        _text.Add(name);
        _nameless.Add("#");
    }

    /// <summary>Begins the next paragraph.</summary>
    public void Clear()
    {
        _text.Clear();
        _nameless.Clear();
    }

    /// <summary>Characters of which runs of white space are kept as one space, and none at the beginning.</summary>
    private sealed class Collapsed
    {
        private char[] _chars = new char[4096];
        private int _length;

        public ReadOnlySpan<char> Value => _chars.AsSpan(0, _length).TrimEnd(' ');

        public void Clear() => _length = 0;

        public void Add(ReadOnlySpan<char> piece)
        {
            if (_chars.Length - _length < piece.Length)
                Array.Resize(ref _chars, 2 * (_length + piece.Length));
            Span<char> chars = _chars;
            int length = _length;
            bool afterSpace = length == 0 || chars[length - 1] == ' ';
            foreach (char c in piece)
            {
                bool space = c is ' ' or '\n' or '\r' or '\t' or '\u00A0';
                if (!space || !afterSpace)
                    chars[length++] = space ? ' ' : c;
                afterSpace = space;
            }

            _length = length;
        }
    }
}
