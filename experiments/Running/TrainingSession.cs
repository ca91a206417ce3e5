using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Everything that one run trains with, in a compute context of its own.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const int EvaluationRows = 32;
    private const long LogitsAtOnce = 1 << 26;

    public TrainingSession(PlannedRun run, Workload workload, TrainingOptions training, bool evaluate)
    {
        RunSettings settings = workload.Settings;
        if (settings.Device == Devices.Cpu) Limits.RequireMemory(settings.Model, training.ResolvedMicroBatchSize);
        Context = new ComputeContext(Devices.Open(settings.Device, settings.Threads));
        Model = workload.CreateModel(Context, run.Seed, run.Variant.Precision);
        Optimizer = new Optimizer(Model.Parameters, run.Optimizer, settings.MaxGradientNorm > 0 ? settings.MaxGradientNorm : null, (ulong)run.Seed);
        if (settings.Ema is { } decay) Optimizer.AverageWeights(decay);
        Parallel = workload.Ranks is { } ranks ? new DataParallel(ranks, Context, Optimizer) : null;
        Trainer = new Trainer(
            Model,
            Optimizer,
            new LearningRateSchedule(settings.Schedule, settings.WarmupSteps, settings.Steps, settings.FinalRate, settings.DecaySteps) { RisesFrom = settings.RateRisesFrom },
            new BatchSampler(workload.Data.Train, settings.Batch, settings.Model.BlockSize, run.BatchSeed),
            Evaluator = evaluate ? new Evaluator(Model, workload.Windows, RowsAtOnce(Model.Options.VocabSize, workload.Windows.BlockSize), workload.Ranks) : null,
            training,
            Parallel);
    }

    public ComputeContext Context { get; }

    public ILanguageModel Model { get; }

    public Optimizer Optimizer { get; }

    /// <summary>This rank's part, or null where there is one process.</summary>
    public DataParallel? Parallel { get; }

    public Trainer Trainer { get; }

    /// <summary>What validates, or null where nothing does.</summary>
    public Evaluator? Evaluator { get; }

    /// <summary>Matrices orthogonalized so far, by all ranks together; on every rank at once.</summary>
    public long MatricesOrthogonalized => (long)(Parallel?.Sum(Context.Counters.MatricesOrthogonalized) ?? Context.Counters.MatricesOrthogonalized);

    /// <summary>How many sequences are evaluated at once: with a large vocabulary the logits must not fill the memory.</summary>
    public static int RowsAtOnce(int vocabulary, int blockSize) => (int)Math.Clamp(LogitsAtOnce / ((long)vocabulary * blockSize), 1, EvaluationRows);

    public void Dispose() => Context.Dispose();
}
