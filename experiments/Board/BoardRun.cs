using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Board;

/// <summary>One training run on the board: what it is, and its numbers so far.</summary>
internal sealed class BoardRun(string folder)
{
    private readonly Lock _lock = new();
    private readonly RunCurves _curves = new(folder);
    private DateTime _lastNews = File.Exists(Path.Combine(folder, "metrics.jsonl")) ? File.GetLastWriteTimeUtc(Path.Combine(folder, "metrics.jsonl")) : default;

    public string Folder => folder;

    /// <summary>The number that the page calls it by; paths never come from a page.</summary>
    public required int Id { get; init; }

    public required int Experiment { get; init; }

    public required string Arm { get; init; }

    public required string Variant { get; init; }

    public required double LearningRate { get; init; }

    public required long Seed { get; init; }

    public required long Steps { get; init; }

    /// <summary>Every setting by its path, such as <c>optimizer.momentum</c>.</summary>
    public required JsonObject Settings { get; init; }

    public required string Color { get; init; }

    /// <summary>Whether it has ended, as its <c>run.json</c> says.</summary>
    public bool Ended { get; private set; }

    /// <summary>Reads what the run has logged since the last time; returns whether there was anything.</summary>
    public bool Update()
    {
        lock (_lock)
        {
            bool ended = File.Exists(Path.Combine(folder, "run.json")), news = ended != Ended;
            Ended = ended;
            if (!_curves.Update()) return news;
            _lastNews = File.GetLastWriteTimeUtc(Path.Combine(folder, "metrics.jsonl"));
            return true;
        }
    }

    public string[] Measures()
    {
        lock (_lock) return [.. _curves.Names];
    }

    public Points Of(string x, string y)
    {
        lock (_lock) return _curves.Of(x, y);
    }

    /// <summary>What the page's list shows of it.</summary>
    public JsonObject ToJson()
    {
        lock (_lock)
        {
            return new JsonObject
            {
                ["id"] = Id,
                ["experiment"] = Experiment,
                ["arm"] = Arm,
                ["variant"] = Variant,
                ["learningRate"] = LearningRate,
                ["seed"] = Seed,
                ["color"] = Color,
                ["ended"] = Ended,
                ["steps"] = Steps,
                ["step"] = Finite(_curves.Last(RunCurves.Step)),
                ["trainLoss"] = Finite(_curves.Last("trainLoss")),
                ["validationLoss"] = Finite(_curves.Last("validationLoss")),
                ["lastNews"] = _lastNews == default ? null : _lastNews.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    private static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
