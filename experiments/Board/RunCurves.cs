using System.Text.Json;

namespace MiniGrad.Experiments.Board;

/// <summary>The logged numbers of one run, followed as it trains: <c>metrics.jsonl</c>, and per layer <c>layers.jsonl</c>.</summary>
internal sealed class RunCurves
{
    public const string Step = "step";

    /// <summary>Between a measure's name and the layer that it is of, in the name of a column.</summary>
    public const char LayerSeparator = '@';

    private readonly NumberTable _metrics = new(), _layers = new();
    private readonly FlatLine _lines;
    private readonly JsonLinesTail _metricsFile, _layersFile;

    public RunCurves(string folder)
    {
        _lines = new FlatLine(_metrics);
        _metricsFile = new JsonLinesTail(Path.Combine(folder, "metrics.jsonl"), ReadMetrics, ForgetMetrics);
        _layersFile = new JsonLinesTail(Path.Combine(folder, "layers.jsonl"), ReadLayer, _layers.Clear);
    }

    /// <summary>Measures that some row has a number for, those of layers as <c>measure@layer</c>.</summary>
    public IEnumerable<string> Names => _metrics.Names.Concat(_layers.Names).Where(n => n != Step).Distinct(StringComparer.Ordinal);

    public int Rows => _metrics.Rows;

    /// <summary>Reads what the run has added; returns whether there was anything.</summary>
    public bool Update() => _metricsFile.Update() | _layersFile.Update();

    /// <summary>The last number of a measure, or NaN.</summary>
    public double Last(string name)
    {
        ReadOnlySpan<double> values = _metrics[name];
        for (int i = values.Length - 1; i >= 0; i--)
        {
            if (!double.IsNaN(values[i])) return values[i];
        }
        return double.NaN;
    }

    /// <summary>A measure over another one, as points in the order of the steps.</summary>
    /// <param name="x">What it is drawn over: <c>step</c>, <c>tokens</c> or <c>seconds</c>.</param>
    /// <param name="y">The measure.</param>
    public Points Of(string x, string y)
    {
        if (y.Contains(LayerSeparator, StringComparison.Ordinal)) return Pair(Translate(_layers[Step], x), _layers[y]);
        return Pair(_metrics[x], _metrics[y]);
    }

    private void ForgetMetrics()
    {
        _metrics.Clear();
        _lines.Clear();
    }

    private static Points Pair(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int n = Math.Min(x.Length, y.Length), count = 0;
        double[] xs = new double[n], ys = new double[n];
        for (int i = 0; i < n; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i])) continue;
            (xs[count], ys[count]) = (x[i], y[i]);
            count++;
        }
        return new Points(xs.AsMemory(0, count), ys.AsMemory(0, count));
    }

    // Layers are logged with their step alone.
    private double[] Translate(ReadOnlySpan<double> steps, string x)
    {
        double[] translated = steps.ToArray();
        if (x == Step) return translated;
        ReadOnlySpan<double> from = _metrics[Step], to = _metrics[x];
        for (int i = 0; i < translated.Length; i++)
        {
            int at = from.BinarySearch(translated[i]);
            at = at >= 0 ? at : Math.Min(~at, from.Length - 1);
            translated[i] = at >= 0 && at < to.Length ? to[at] : double.NaN;
        }
        return translated;
    }

    private void ReadMetrics(ReadOnlySpan<byte> line)
    {
        if (_lines.TryAdd(line)) return;
        int row = _metrics.Rows;
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > 1) continue;
            string name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number) _metrics.Open(name).Set(row, reader.GetDouble());
        }
        _metrics.EndRow();
    }

    private void ReadLayer(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        int row = _layers.Rows;
        int? layer = null;
        string? matrix = null;
        double step = double.NaN;
        List<(string Name, double Value)> measures = [];
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            string name = reader.GetString()!;
            reader.Read();
            if (name == "matrix") matrix = reader.GetString();
            else if (reader.TokenType != JsonTokenType.Number) continue;
            else if (name == "layer") layer = reader.GetInt32();
            else if (name == Step) step = reader.GetDouble();
            else measures.Add((name, reader.GetDouble()));
        }
        string of = (layer, matrix) switch
        {
            (null, null) => "all",
            (null, _) => matrix,
            (_, null) => $"{layer}",
            _ => $"{layer}.{matrix}",
        };
        _layers.Open(Step).Set(row, step);
        foreach ((string name, double value) in measures) _layers.Open($"{name}{LayerSeparator}{of}").Set(row, value);
        _layers.EndRow();
    }
}
