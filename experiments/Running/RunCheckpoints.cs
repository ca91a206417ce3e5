using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Experiments.Reporting;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>The checkpoints of one run, in the folder <c>checkpoints</c> of its own.</summary>
internal sealed class RunCheckpoints : ITrainingCheckpoints
{
    private const string FolderName = "checkpoints";
    private readonly TrainingSession _session;
    private readonly CheckpointCadence _cadence;
    private readonly JsonObject _configuration;
    private readonly CheckpointStore _store;
    private readonly Action _beforeSave;
    private readonly IReadOnlyList<int> _resumedFrom;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _tokenizer;
    private long _lastSave = Stopwatch.GetTimestamp();

    /// <summary>Checkpoints of a run.</summary>
    /// <param name="session">What is saved.</param>
    /// <param name="cadence">When.</param>
    /// <param name="configuration">What the run is.</param>
    /// <param name="tokenizer">What lies beside the weights, so that they can be used elsewhere.</param>
    /// <param name="store">Where to.</param>
    /// <param name="resumedFrom">Where it was resumed so far.</param>
    /// <param name="beforeSave">Brings to the disk what must not be behind a checkpoint.</param>
    public RunCheckpoints(TrainingSession session, CheckpointCadence cadence, JsonObject configuration, ITokenizer tokenizer, CheckpointStore store, IReadOnlyList<int> resumedFrom, Action beforeSave)
    {
        (_session, _cadence, _configuration, _store, _resumedFrom, _beforeSave) = (session, cadence, configuration, store, resumedFrom, beforeSave);
        _tokenizer = TokenizerFiles.Of(tokenizer).ToDictionary(file => file.Name, file => (ReadOnlyMemory<byte>)file.Content);
    }

    public static CheckpointStore StoreOf(string runFolder) => new(Path.Combine(runFolder, FolderName));

    /// <summary>Loads the last checkpoint, or returns null where there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged, or of another run.</exception>
    public static TrainingCheckpoint? Restore(CheckpointStore store, TrainingSession session, JsonObject configuration)
    {
        if (store.Steps is not [.., long last]) return null;
        try
        {
            return TrainingCheckpoint.Restore(Checkpoint.Open(store.FolderOf(last)), configuration, session.Context, session.Model.Parameters, session.Optimizer, session.Parallel);
        }
        catch (CheckpointException e) when (store.Steps is [.., long before, _])
        {
            throw new CheckpointException($"{e.Message}. If it is damaged: remove it to go on from step {before}", e);
        }
    }

    public bool Wants(CheckpointOccasion occasion, int step) => _cadence.Wants(occasion, step, _lastSave);

    public void Save(TrainingState state)
    {
        _beforeSave();
        var checkpoint = new TrainingCheckpoint { State = state, Configuration = _configuration, CodeVersion = Manifest.CodeVersion, ResumedFrom = _resumedFrom };
        CheckpointContent content = checkpoint.Capture(_session.Context, _session.Model.Parameters, _session.Model.Options, _session.Optimizer, _tokenizer, _session.Parallel);
        _lastSave = Stopwatch.GetTimestamp();
        if (_session.Parallel is { Ranks.Rank: > 0 })
        {
            DataParallel.Give(content); // one checkpoint, which rank 0 writes
            return;
        }
        _store.Save(content);
        if (state.BestStep == state.Step) _store.MarkBest(state.Step, state.BestValidationLoss);
        _store.Prune(_cadence.Keep, state.BestStep);
        _lastSave = Stopwatch.GetTimestamp();
    }
}
