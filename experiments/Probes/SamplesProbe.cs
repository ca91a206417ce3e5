using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary><c>--sample-every N</c>: what the model writes on the way, in <c>samples.jsonl</c>; always after the same beginning and with the same draws.</summary>
/// <param name="Every">Steps between samples.</param>
/// <param name="Prompt">What is continued, or null for the beginning of the held-out text.</param>
internal sealed record SamplesProbe(int Every, string? Prompt) : IWatchingProbe
{
    /// <summary>The file in a run's folder: a line a sample, with its step, prompt and text.</summary>
    public const string FileName = "samples.jsonl";

    private const int PromptTokens = 16;

    public string Name => "samples";

    public IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload) => [];

    public void Check(Workload workload) => _ = PromptOf(workload);

    public TrainingOptions Asks(TrainingOptions training) => training;

    public IRunWatch Watch(TrainingSession session, Workload workload, TrainingOptions training, string folder, IReadOnlyList<StepMetrics> history, ulong seed) =>
        new Watching(session.Model, workload.Data.Tokenizer, PromptOf(workload), this, Path.Combine(folder, FileName), history.Count > 0 ? history[^1].Step : 0, training.Steps);

    private int[] PromptOf(Workload workload)
    {
        if (Prompt is not null) return workload.Data.Tokenizer.Encode(Encoding.UTF8.GetBytes(Prompt)) is { Length: > 0 } tokens ? tokens : throw CommandException.Usage("--sample-prompt is empty; give at least one character, or leave it out");
        int[] inputs = new int[workload.Windows.BlockSize], targets = new int[inputs.Length];
        workload.Windows.Fill(0, inputs, targets);
        return inputs[..Math.Min(PromptTokens, inputs.Length)];
    }

    private sealed class Watching : IRunWatch
    {
        private const int Tokens = 100;
        private const double Temperature = 0.8;

        private readonly TextGenerator _generator;
        private readonly ITokenizer _tokenizer;
        private readonly int[] _prompt;
        private readonly int _every;
        private readonly int _steps;
        private readonly StreamWriter _file;
        private long _sampled;

        public Watching(ILanguageModel model, ITokenizer tokenizer, int[] prompt, SamplesProbe probe, string path, long from, int steps)
        {
            (_tokenizer, _prompt, _every, _steps, _sampled) = (tokenizer, prompt, probe.Every, steps, from);
            _generator = new TextGenerator(model, new TokenSampler(Temperature, 0, 1, seed: 0));
            string[] kept = from > 0 && File.Exists(path) ? [.. File.ReadLines(path).TakeWhile(line => LogLine.StepOf(line) <= from)] : [];
            AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));
            _file = new StreamWriter(path, append: true) { NewLine = "\n", AutoFlush = true };
        }

        public void Logged(StepMetrics metrics)
        {
            // Where not every step is logged, the first logged one after it was due.
            bool due = metrics.Step / _every > _sampled / _every || metrics.Step == _steps;
            if (!due || metrics.Skipped) return;
            _sampled = metrics.Step;
            byte[] text = [.. _generator.Continue(_prompt, Tokens).Where(token => token < _tokenizer.VocabularySize).SelectMany(token => _tokenizer.Decode([token]))];
            _file.WriteLine(new JsonObject { ["step"] = metrics.Step, ["prompt"] = Encoding.UTF8.GetString(_tokenizer.Decode(_prompt)), ["text"] = Encoding.UTF8.GetString(text) }.ToJsonString(Json.Lines));
        }

        public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters)
        {
        }

        public void Dispose() => _file.Dispose();
    }
}
