using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Distributed;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Distributed;

/// <summary>A tiny training on ranks that are threads, and what each rank had at its end.</summary>
internal sealed record RankedRun
{
    public static readonly GptOptions Model = new() { NLayer = 2, NEmbd = 32, NHead = 2, BlockSize = 32 };

    public required TrainingResult Result { get; init; }

    public required IReadOnlyList<StepMetrics> History { get; init; }

    public required float[][] Weights { get; init; }

    /// <summary>The optimizer's state by name: what this rank has.</summary>
    public required IReadOnlyDictionary<string, float[]> State { get; init; }

    public required long MatricesOrthogonalized { get; init; }

    public required long AllocatedPerStep { get; init; }

    public static readonly TrainingOptions Options = new() { Steps = 50, BatchSize = 8, EvaluateEvery = 25 };

    /// <summary>Trains with N ranks, or, with 0, alone and without any communicator.</summary>
    public static RankedRun[] Train(int ranks, string preset, TrainingOptions? options = null, Func<IBackend>? backend = null, int bucket = 5000, Action<int, int, CancellationTokenSource>? logged = null, GptOptions? model = null)
    {
        var runs = new RankedRun[Math.Max(1, ranks)];
        if (ranks == 0) runs[0] = Run(null, preset, options ?? Options, backend, bucket, logged, model ?? Model);
        else ThreadRanks.Run(ranks, communicator => runs[communicator.Rank] = Run(communicator, preset, options ?? Options, backend, bucket, logged, model ?? Model));
        return runs;
    }

    private static RankedRun Run(ICommunicator? ranks, string preset, TrainingOptions options, Func<IBackend>? backend, int bucket, Action<int, int, CancellationTokenSource>? logged, GptOptions sizes)
    {
        using var context = new ComputeContext(backend?.Invoke() ?? new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, sizes, seed: 0);
        var optimizer = new Optimizer(model.Parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 3e-3, WeightDecay = 0.1 }, clipNorm: 1);
        DataParallel? parallel = ranks is null ? null : new DataParallel(ranks, context, optimizer, bucket);
        var trainer = new Trainer(
            model,
            optimizer,
            new LearningRateSchedule(ScheduleKind.Constant, 3, options.Steps),
            new BatchSampler(TinyRun.Text, options.BatchSize, sizes.BlockSize, 0),
            new Evaluator(model, new ValidationWindows(TinyRun.Text, sizes.BlockSize, 11 * sizes.BlockSize), 2, ranks),
            options,
            parallel);
        using var stop = new CancellationTokenSource();
        var log = new Log(step => logged?.Invoke(ranks?.Rank ?? 0, step, stop), options.Steps);
        TrainingResult result = trainer.Run(log, stop.Token);
        return new RankedRun
        {
            Result = result,
            History = log.History,
            Weights = [.. model.Parameters.Select(p => p.Tensor.ToArray())],
            State = optimizer.State.ToDictionary(s => s.Name, s => Download(context, s)),
            MatricesOrthogonalized = context.Counters.MatricesOrthogonalized,
            AllocatedPerStep = log.Allocated,
        };
    }

    private static float[] Download(ComputeContext context, StateTensor state)
    {
        var values = new float[state.Data.Length];
        context.Backend.Download(state.Data, values);
        return values;
    }

    private sealed class Log(Action<int> logged, int steps) : ITrainingObserver
    {
        private long _before;

        public List<StepMetrics> History { get; } = new(steps);

        public long Allocated { get; private set; }

        public void Logged(StepMetrics metrics)
        {
            History.Add(metrics);
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (_before > 0 && metrics.ValidationLoss is null) Allocated = now - _before;
            logged((int)metrics.Step);
            _before = GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
