using System.Text.Json.Nodes;
using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>The harness holds an optimizer by <see cref="IOrthogonalizedOptimizer"/> alone: <see cref="PlainMuon"/> is trained, saved and resumed by it.</summary>
public sealed class OptimizerOfOnesOwnTests : IDisposable
{
    private const int Steps = 30;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_trained_checkpointed_and_resumed_bit_for_bit()
    {
        using var whole = new Run(_folder.In("whole"), Steps);
        Assert.Equal(TrainingOutcome.Completed, whole.Train().Outcome);
        Assert.True(whole.History[^1].TrainLoss < whole.History[0].TrainLoss - 0.5, $"the loss went from {whole.History[0].TrainLoss} to {whole.History[^1].TrainLoss}");

        string folder = _folder.In("parts");
        using (var first = new Run(folder, 12)) Assert.Equal(TrainingOutcome.Interrupted, first.Train().Outcome);
        using var second = new Run(folder, Steps);
        Assert.Equal(12, second.From!.State.Step);
        Assert.Equal(TrainingOutcome.Completed, second.Train().Outcome);
        Assert.Equal(whole.Bits(), second.Bits());
        Assert.Equal(whole.History.Skip(12).Select(m => (m.Step, m.TrainLoss, m.GradientNorm, m.UpdateRms, m.LearningRate)), second.History.Select(m => (m.Step, m.TrainLoss, m.GradientNorm, m.UpdateRms, m.LearningRate)));
    }

    [Fact]
    public void Its_steps_are_orthogonal_and_told_parameter_by_parameter()
    {
        using var run = new Run(_folder.In("one"), Steps);
        Parameter hidden = run.Optimizer.Routing.Orthogonalized[0].Parameter;
        float[] before = hidden.Tensor.ToArray();
        run.Train(stopAfter: 1);
        Matrix<float> moved = Matrix<float>.Build.DenseOfRowMajor(hidden.Shape[0], hidden.Shape[1], hidden.Tensor.ToArray().Zip(before, (a, b) => (a - b) / (float)Run.Rate));
        // What goes into the matrix was normalized to a mean of 0, so that one direction has no gradient.
        Vector<float> sigma = moved.Svd(computeVectors: false).S;
        Assert.All(sigma.SkipLast(1), value => Assert.InRange(value, 0.9f, 1.01f));
        Assert.InRange(sigma[^1], 0, 1.01f);
        ParameterDiagnostics told = run.Told.Single(d => d.Parameter == hidden.Name);
        Assert.Equal(moved.FrobeniusNorm() / Math.Sqrt(hidden.Shape.Count), told.UpdateRms, 1e-4);
        Assert.Equal(1, told.MatricesOrthogonalized);
        Assert.All(run.Told.Where(d => d.Parameter.EndsWith("wte.weight", StringComparison.Ordinal)), d => Assert.Equal(0, d.MatricesOrthogonalized));
    }

    /// <summary>A tiny training with checkpoints at its end.</summary>
    private sealed class Run : IDisposable, ITrainingObserver, ITrainingCheckpoints
    {
        public const double Rate = 0.02;
        private readonly ComputeContext _context = new(new CpuBackend(1));
        private readonly CheckpointStore _store;
        private readonly Gpt _model;
        private readonly Trainer _trainer;
        private readonly CancellationTokenSource _stop = new();
        private int _stopAfter;

        public Run(string folder, int stopAfter)
        {
            (_store, _stopAfter) = (new CheckpointStore(folder), stopAfter);
            _model = new Gpt(_context, SavedRun.Model, seed: 0);
            Optimizer = new PlainMuon(_context, _model.Parameters, Rate);
            var options = new TrainingOptions { Steps = Steps, BatchSize = 8, TellParameters = true };
            _trainer = new Trainer(_model, Optimizer, new LearningRateSchedule(ScheduleKind.Linear, 0, Steps), new BatchSampler(TinyRun.Text, 8, SavedRun.Model.BlockSize, 0), null, options);
            if (_store.Steps is [.., long last]) From = TrainingCheckpoint.Restore(Checkpoint.Open(_store.FolderOf(last)), [], _context, _model.Parameters, Optimizer);
        }

        public PlainMuon Optimizer { get; }

        public TrainingCheckpoint? From { get; }

        public List<StepMetrics> History { get; } = [];

        public IReadOnlyList<ParameterDiagnostics> Told { get; private set; } = [];

        public TrainingResult Train(int? stopAfter = null)
        {
            _stopAfter = stopAfter ?? _stopAfter;
            return _trainer.Run(this, this, From?.State, _stop.Token);
        }

        public void Logged(StepMetrics metrics)
        {
            History.Add(metrics);
            if (metrics.Step == _stopAfter && _stopAfter < Steps) _stop.Cancel();
        }

        public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters) => Told = parameters;

        public bool Wants(CheckpointOccasion occasion, int step) => occasion is CheckpointOccasion.End or CheckpointOccasion.Interruption;

        public void Save(TrainingState state) => _store.Save(new TrainingCheckpoint { State = state, Configuration = new JsonObject(), CodeVersion = "test" }.Capture(_context, _model.Parameters, _model.Options, Optimizer));

        public IEnumerable<float> Bits() => [.. _model.Parameters.SelectMany(p => p.Tensor.ToArray()), .. Optimizer.State.OrderBy(s => s.Name, StringComparer.Ordinal).SelectMany(s => Values(s.Data))];

        public void Dispose()
        {
            _context.Dispose();
            _stop.Dispose();
        }

        private float[] Values(MiniGrad.Memory.BufferView data)
        {
            var values = new float[data.Length];
            _context.Backend.Download(data, values);
            return values;
        }
    }
}
