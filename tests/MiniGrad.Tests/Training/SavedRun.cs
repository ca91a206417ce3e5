using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>A tiny run that saves its checkpoints in a folder, stops where it is told and goes on from the last one.</summary>
internal sealed class SavedRun : IDisposable, ITrainingCheckpoints
{
    public const int Steps = 40;
    public static readonly GptOptions Model = new() { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8 };
    private readonly CheckpointCadence _cadence;
    private readonly TrainingCheckpoint? _from;

    public SavedRun(string folder, string preset = "adamuon", IBackend? backend = null, int stopAfter = 0, CheckpointCadence? cadence = null, bool resume = true, CheckpointStore? store = null, TrainingOptions? training = null, string corpus = "abc", GptOptions? model = null, params string[] changes)
    {
        Store = store ?? new CheckpointStore(folder);
        _cadence = cadence ?? new CheckpointCadence { EverySteps = 1000 };
        Run = new TinyRun(backend ?? new CpuBackend(), preset, training: training ?? new TrainingOptions { Steps = Steps, BatchSize = 4, MicroBatchSize = 2, EvaluateEvery = 10 }, model: model ?? Model, changes: changes);
        Configuration = new JsonObject { ["model"] = ModelConfig.ToJson(Run.Model.Options), ["optimizer"] = Run.OptimizerOptions.ToJson(), ["corpus"] = new JsonObject { ["sha256"] = corpus } };
        if (resume && Store.Steps is [.., long last]) _from = TrainingCheckpoint.Restore(Checkpoint.Open(Store.FolderOf(last)), Configuration, Run.Context, Run.Model.Parameters, Run.Optimizer);
        Run.OnLogged = metrics =>
        {
            if (metrics.Step == stopAfter) Stop.Cancel();
        };
    }

    public TinyRun Run { get; }

    public CheckpointStore Store { get; }

    public JsonObject Configuration { get; }

    public CancellationTokenSource Stop { get; } = new();

    public TrainingCheckpoint? From => _from;

    public TrainingResult Train() => Run.Run(this, _from?.State, Stop.Token);

    public bool Wants(CheckpointOccasion occasion, int step) => _cadence.Wants(occasion, step, System.Diagnostics.Stopwatch.GetTimestamp());

    public void Save(TrainingState state)
    {
        var checkpoint = new TrainingCheckpoint { State = state, Configuration = Configuration, CodeVersion = "test", ResumedFrom = _from?.ResumedFrom ?? [] };
        Store.Save(checkpoint.Capture(Run.Context, Run.Model.Parameters, Run.Model.Options, Run.Optimizer));
        if (state.BestStep == state.Step) Store.MarkBest(state.Step, state.BestValidationLoss);
        Store.Prune(_cadence.Keep, state.BestStep);
    }

    /// <summary>Weights and optimizer state, bit for bit.</summary>
    public Dictionary<string, long[]> Bits() => Run.Model.Parameters.Select(p => (p.Name, p.Data))
        .Concat(Run.Optimizer.State.Select(s => (s.Name, s.Data)))
        .ToDictionary(t => t.Name, t => BitsOf(t.Data));

    public void Dispose()
    {
        Run.Dispose();
        Stop.Dispose();
    }

    private long[] BitsOf(MiniGrad.Memory.BufferView data)
    {
        var values = new double[data.Length];
        Run.Context.Backend.Download(data, values);
        return [.. values.Select(BitConverter.DoubleToInt64Bits)];
    }
}
