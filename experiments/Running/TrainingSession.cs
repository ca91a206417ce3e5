using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Nn;
using MiniGrad.Optim;
using MiniGrad.Tensors;
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
        Context = new ComputeContext(Devices.Open(settings.Device, settings.Threads));
        Model = workload.CreateModel(Context, run.Seed);
        Optimizer = new RoutedOptimizer(Context, Model.Parameters, run.Optimizer, settings.MaxGradientNorm, (ulong)run.Seed);
        Trainer = new Trainer(
            Model,
            Optimizer,
            new LearningRateSchedule(settings.Schedule, settings.WarmupSteps, settings.Steps),
            new BatchSampler(workload.Data.Train, settings.Batch, settings.Model.BlockSize, run.Seed),
            evaluate ? new Evaluator(Model, workload.Windows, RowsAtOnce(Model.Options.VocabSize, workload.Windows.BlockSize)) : null,
            training);
    }

    public ComputeContext Context { get; }

    public ILanguageModel Model { get; }

    public RoutedOptimizer Optimizer { get; }

    public Trainer Trainer { get; }

    /// <summary>How many sequences are evaluated at once: with a large vocabulary the logits must not fill the memory.</summary>
    public static int RowsAtOnce(int vocabulary, int blockSize) => (int)Math.Clamp(LogitsAtOnce / ((long)vocabulary * blockSize), 1, EvaluationRows);

    public void Dispose() => Context.Dispose();
}
