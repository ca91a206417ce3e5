using System.Globalization;
using System.Text;

namespace MiniGrad.Tests.Experiments.Terminal;

/// <summary>The part of a terminal that the program uses: text, line ends, cursor movements and erasing. Keeps what it showed on the way.</summary>
internal sealed class TerminalScreen(int columns, int rows)
{
    private readonly char[][] _lines = [.. Enumerable.Range(0, rows).Select(_ => Blank(columns))];
    private readonly List<string> _scrolled = [];
    private readonly StringBuilder _sequence = new();
    private readonly List<string> _shown = [];
    private int _row;
    private int _column;
    private bool _escaped;

    /// <summary>What stands on the screen, line by line.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.Select(line => new string(line).TrimEnd())];

    /// <summary>Everything that was written, the lines that went off the top included.</summary>
    public IReadOnlyList<string> All => [.. _scrolled, .. Lines];

    /// <summary>Every screen that stood when the program began to draw over it.</summary>
    public IReadOnlyList<string> Shown => _shown;

    /// <summary>Takes what the program wrote.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (_escaped) Escape(c);
            else if (c == '\e') _escaped = true;
            else if (c == '\r') _column = 0;
            else if (c == '\n') LineFeed();
            else if (!char.IsControl(c)) Put(c);
        }
    }

    private void Put(char c)
    {
        if (_column == columns)
        {
            _column = 0;
            LineFeed();
        }
        _lines[_row][_column++] = c;
    }

    private void LineFeed()
    {
        if (_row < rows - 1)
        {
            _row++;
            return;
        }
        _scrolled.Add(new string(_lines[0]).TrimEnd());
        _lines.AsSpan(1).CopyTo(_lines);
        _lines[^1] = Blank(columns);
    }

    private void Escape(char c)
    {
        _sequence.Append(c);
        if (_sequence.Length == 1 && c == '[') return;
        if (_sequence[0] == '[' && c is < '@' or > '~') return;
        string sequence = _sequence.ToString();
        (_escaped, _) = (false, _sequence.Clear());
        if (sequence[0] == '[') Command(c, sequence[1..^1]);
    }

    private void Command(char command, string arguments)
    {
        int number = int.TryParse(arguments.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : -1;
        int count = Math.Max(1, number);
        switch (command)
        {
            case 'A':
                _shown.Add(string.Join('\n', Lines));
                _row = Math.Max(0, _row - count);
                break;
            case 'B':
                _row = Math.Min(rows - 1, _row + count);
                break;
            case 'C':
                _column = Math.Min(columns - 1, _column + count);
                break;
            case 'D':
                _column = Math.Max(0, _column - count);
                break;
            case 'G':
                _column = Math.Min(columns - 1, count - 1);
                break;
            case 'H':
                (_row, _column) = (Math.Min(rows - 1, count - 1), 0);
                break;
            case 'J' when number == 2:
                foreach (char[] line in _lines) line.AsSpan().Fill(' ');
                break;
            case 'J':
                Erase(_row, _column);
                for (int row = _row + 1; row < rows; row++) Erase(row, 0);
                break;
            case 'K':
                Erase(_row, number == 2 ? 0 : _column);
                break;
            case 'm' or 'h' or 'l':
                break;
            default:
                throw new NotSupportedException($"the terminal of the tests does not know ESC [ {arguments} {command}");
        }
    }

    private void Erase(int row, int from) => _lines[row].AsSpan(Math.Min(from, columns)).Fill(' ');

    private static char[] Blank(int columns) => [.. Enumerable.Repeat(' ', columns)];
}
