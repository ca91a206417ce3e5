using MiniGrad.Backends;
using MiniGrad.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>A small training that tests start in a line: the tiny model on a text with structure, every number logged.</summary>
internal sealed class TinyRun : IDisposable, ITrainingObserver
{
    public TinyRun(IBackend backend, string preset = "adamuon", ulong seed = 0, TrainingOptions? training = null, double learningRate = 3e-3, GptOptions? model = null, double? clipNorm = 1, double? auxiliaryRate = null, params string[] changes)
    {
        GptOptions options = model ?? new GptOptions { NLayer = 2, NEmbd = 64, NHead = 4, BlockSize = 64 };
        TrainingOptions chosen = training ?? new TrainingOptions { Steps = 30, BatchSize = 16 };
        Context = new ComputeContext(backend);
        Model = LanguageModels.Create(Context, options, seed);
        OptimizerOptions optimizer = OptimizerOptions.FromPreset(preset) with { LearningRate = learningRate, WeightDecay = 0.1 };
        OptimizerOptions = (optimizer with { Auxiliary = optimizer.Auxiliary with { LearningRate = auxiliaryRate } }).With(changes);
        Optimizer = new Optimizer(Model.Parameters, OptimizerOptions, clipNorm);
        var windows = new ValidationWindows(Text, options.BlockSize, 4 * options.BlockSize);
        Trainer = new Trainer(
            Model,
            Optimizer,
            new LearningRateSchedule(ScheduleKind.Constant, 3, chosen.Steps),
            new BatchSampler(Text, chosen.BatchSize, options.BlockSize, seed),
            chosen.EvaluateEvery > 0 ? new Evaluator(Model, windows, 2) : null,
            chosen);
    }

    /// <summary>16 kB of repetitive prose: small models learn it fast.</summary>
    public static TokenStream Text { get; } = new("test text", new ByteTokenizer().Encode(Prose()), 256);

    public ComputeContext Context { get; }

    public ILanguageModel Model { get; }

    public Optimizer Optimizer { get; }

    public OptimizerOptions OptimizerOptions { get; }

    public Trainer Trainer { get; }

    public List<StepMetrics> History { get; } = [];

    public int Matrices => Optimizer.Routing.Orthogonalized.Count;

    public TrainingResult Run(CancellationToken cancellation = default) => Trainer.Run(this, cancellation);

    public TrainingResult Run(ITrainingCheckpoints? checkpoints, TrainingState? from, CancellationToken cancellation = default) => Trainer.Run(this, checkpoints, from, cancellation);

    /// <summary>Called after each logged step, for tests that interfere.</summary>
    public Action<StepMetrics>? OnLogged { get; set; }

    public void Logged(StepMetrics metrics)
    {
        History.Add(metrics);
        OnLogged?.Invoke(metrics);
    }

    /// <summary>Everything that must be equal, bit for bit, in two runs that are the same: numbers logged and final weights.</summary>
    public long[] Bits() =>
    [
        .. History.SelectMany(m => (double[])[m.TrainLoss, m.ValidationLoss ?? 0, m.GradientNorm, m.UpdateRms]).Select(BitConverter.DoubleToInt64Bits),
        .. Model.Parameters.SelectMany(p => p.Tensor.ToArray()).Select(f => (long)BitConverter.SingleToInt32Bits(f)),
    ];

    public void Dispose() => Context.Dispose();

    private static byte[] Prose()
    {
        string[] subjects = ["The method", "This type", "A stream", "The caller", "An exception"];
        string[] verbs = [" returns", " represents", " throws", " reads", " provides"];
        string[] objects = [" a value.\n", " the current thread.\n", " an empty string.\n", " the next element of the sequence.\n"];
        var random = new MiniGrad.Randomness.CounterRandom(1, 1);
        var text = new System.Text.StringBuilder();
        for (ulong i = 0; text.Length < 16_384; i += 3)
        {
            text.Append(subjects[random.Below(subjects.Length, i)]).Append(verbs[random.Below(verbs.Length, i + 1)]).Append(objects[random.Below(objects.Length, i + 2)]);
        }
        return System.Text.Encoding.ASCII.GetBytes(text.ToString());
    }
}
