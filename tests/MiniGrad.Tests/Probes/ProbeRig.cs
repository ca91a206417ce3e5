using MiniGrad.Data;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Probes;

/// <summary>A small run as the experiments program has it, on the prose of <see cref="TinyRun"/>.</summary>
internal static class ProbeRig
{
    public static RunSettings Settings { get; } = new()
    {
        Profile = "test",
        Model = new GptOptions { NLayer = 2, NEmbd = 32, NHead = 2, BlockSize = 16 },
        LearningRate = 3e-3,
        LearningRateSource = "the test's",
        Steps = 12,
        Batch = 4,
        MicroBatch = 2,
        Schedule = ScheduleKind.Constant,
        WarmupSteps = 2,
        LogEvery = 1,
        EvaluateEvery = 6,
        ValidationTokens = 256,
        Tokenizer = "byte",
        Threads = 1,
        Device = "cpu",
    };

    public static Workload Workload(RunSettings? settings = null)
    {
        RunSettings chosen = settings ?? Settings;
        byte[] text = new byte[TinyRun.Text.Length];
        int[] ids = new int[text.Length];
        TinyRun.Text.Read(0, ids);
        for (int i = 0; i < text.Length; i++) text[i] = (byte)ids[i];
        TokenData data = TokenData.Create(new Corpus("test", "test", text.AsMemory(2048), text.AsMemory(0, 2048), ["test"], ["test"]), new ByteTokenizer(), chosen.Model.BlockSize);
        return new Workload(chosen, data, new ValidationWindows(data.Validation, chosen.Model.BlockSize, chosen.ValidationTokens));
    }

    public static PlannedRun Run(string preset = "adamuon", params string[] changes) =>
        new(Arm.Only, new Variant(preset, preset, changes), (OptimizerOptions.FromPreset(preset) with { LearningRate = 3e-3, WeightDecay = 0.1 }).With(changes), 3e-3, Seed: 1);

    public static TrainingSession Session(Workload workload, PlannedRun? run = null) => new(run ?? Run(), workload, workload.Settings.Training, evaluate: true);

    /// <summary>Trains as an experiment does, and stops at the first evaluation if that is wanted.</summary>
    public static RunRecord Execute(string folder, Workload workload, PlannedRun run, bool stop, params IProbe[] probes)
    {
        Directory.CreateDirectory(folder);
        using var cancellation = new CancellationTokenSource();
        var monitor = new RunMonitor(new Plan([new PlannedArm(run.Arm, workload, [run.LearningRate])], [run]));
        if (stop) monitor.Milestone += _ => cancellation.Cancel();
        return RunExecutor.Execute(run, 0, workload, folder, 1, probes, monitor, cancellation.Token);
    }

    /// <summary>Weights, optimizer state and counters, bit for bit.</summary>
    public static double[] Everything(TrainingSession session)
    {
        IEnumerable<double[]> tensors = session.Model.Parameters.Select(p => p.Data).Concat(session.Optimizer.State.Select(s => s.Data)).Select(view =>
        {
            double[] values = new double[view.Length];
            session.Context.Backend.Download(view, values);
            return values;
        });
        return [.. tensors.SelectMany(t => t), session.Context.Counters.MatricesOrthogonalized, session.Context.Counters.NewtonSchulzIterations, session.Context.Counters.OptimizerSteps];
    }

    public sealed class Silent : ITrainingObserver
    {
        public void Logged(StepMetrics metrics)
        {
        }
    }
}
