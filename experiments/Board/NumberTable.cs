namespace MiniGrad.Experiments.Board;

/// <summary>Rows of named numbers, kept by column; what a row does not have is NaN.</summary>
internal sealed class NumberTable
{
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    public int Rows { get; private set; }

    public IReadOnlyCollection<string> Names => _columns.Keys;

    /// <summary>The values of a column, or nothing where there is no such column.</summary>
    public ReadOnlySpan<double> this[string name] =>
        _columns.TryGetValue(name, out Column? column) ? column.Values.AsSpan(0, Rows) : [];

    /// <summary>The column that values are set in; a new one where there is none yet.</summary>
    public Column Open(string name)
    {
        if (_columns.TryGetValue(name, out Column? column)) return column;
        column = new Column(Math.Max(64, Rows));
        return _columns[name] = column;
    }

    /// <summary>Ends a row: its values have been set at the index <see cref="Rows"/>.</summary>
    public void EndRow()
    {
        Rows++;
        foreach (Column column in _columns.Values) column.Grow(Rows);
    }

    public void Clear()
    {
        _columns.Clear();
        Rows = 0;
    }

    /// <summary>One column; room beyond the last row is NaN.</summary>
    internal sealed class Column
    {
        public Column(int capacity) => Array.Fill(Values = new double[capacity], double.NaN);

        public double[] Values { get; private set; }

        public void Set(int row, double value)
        {
            Grow(row);
            Values[row] = value;
        }

        public void Grow(int row)
        {
            if (row < Values.Length) return;
            double[] larger = new double[Math.Max(2 * Values.Length, row + 1)];
            Values.CopyTo(larger, 0);
            Array.Fill(larger, double.NaN, Values.Length, larger.Length - Values.Length);
            Values = larger;
        }
    }
}
