using System.Buffers.Text;

namespace MiniGrad.Experiments.Board;

/// <summary>
/// Reads lines such as <c>{"step":1,"trainLoss":4.2,"validationLoss":null}</c> into a table, several times as fast as a general
/// reader: a board of two hundred runs has two million of them to read before it can show anything.
/// </summary>
internal sealed class FlatLine(NumberTable table)
{
    // The columns in the order of the line before, which is mostly that of the next one.
    private readonly List<(byte[] Name, NumberTable.Column Column)> _expected = [];

    public void Clear() => _expected.Clear();

    /// <summary>Adds the line as a row; false where it is anything else than a flat object of numbers, null and truth values.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        int at = 0, row = table.Rows;
        if (!Take(line, ref at, (byte)'{')) return false;
        for (int field = 0; ; field++)
        {
            if (!Take(line, ref at, (byte)'"')) return false;
            int length = line[at..].IndexOf((byte)'"');
            if (length < 0) return false;
            ReadOnlySpan<byte> name = line.Slice(at, length);
            at += length + 1;
            if (!Take(line, ref at, (byte)':') || at >= line.Length) return false;
            if (line[at] is (byte)'n' or (byte)'t' or (byte)'f') // null, true, false
            {
                while (at < line.Length && line[at] is >= (byte)'a' and <= (byte)'z') at++;
            }
            else
            {
                if (!Utf8Parser.TryParse(line[at..], out double value, out int digits)) return false;
                at += digits;
                Column(field, name).Set(row, value);
            }
            if (Take(line, ref at, (byte)',')) continue;
            if (!Take(line, ref at, (byte)'}') || at != line.Length) return false;
            table.EndRow();
            return true;
        }
    }

    private static bool Take(ReadOnlySpan<byte> line, ref int at, byte expected)
    {
        if (at >= line.Length || line[at] != expected) return false;
        at++;
        return true;
    }

    private NumberTable.Column Column(int field, ReadOnlySpan<byte> name)
    {
        if (field < _expected.Count && name.SequenceEqual(_expected[field].Name)) return _expected[field].Column;
        NumberTable.Column column = table.Open(System.Text.Encoding.UTF8.GetString(name));
        while (_expected.Count <= field) _expected.Add(([], column));
        _expected[field] = (name.ToArray(), column);
        return column;
    }
}
