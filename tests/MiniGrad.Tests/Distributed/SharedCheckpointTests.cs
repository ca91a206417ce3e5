using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Distributed;
using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Distributed;

/// <summary>A checkpoint is one, whatever number of ranks wrote it and whatever number goes on from it.</summary>
public sealed class SharedCheckpointTests : IDisposable
{
    private static readonly TrainingOptions Options = RankedRun.Options with { Steps = 10, EvaluateEvery = 5 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adamuon", 4)]
    [InlineData("adamw", 4)]
    [InlineData("normuon", 3)]
    public void A_checkpoint_of_many_ranks_resumes_on_any_other_number(string preset, int ranks)
    {
        TrainingOptions options = Options with { BatchSize = 12 };
        var saved = new Session[ranks];
        double[] losses = [];
        ThreadRanks.Run(ranks, communicator =>
        {
            using Session session = saved[communicator.Rank] = new Session(communicator, preset, options);
            session.Run(new Saver(session, _folder.In("checkpoints"), at: 6), null);
            if (communicator.Rank == 0) losses = [.. session.Losses];
        });
        string folder = new CheckpointStore(_folder.In("checkpoints")).FolderOf(6);
        Dictionary<string, float[]> state = saved.SelectMany(s => s.Saved).ToDictionary();

        foreach (int other in (int[])[0, 1, 2])
        {
            var resumed = new Session[Math.Max(1, other)];
            if (other == 0) GoOn(null);
            else ThreadRanks.Run(other, GoOn);

            Assert.Equal(state.Keys.Order(), resumed.SelectMany(s => s.Restored.Keys).Order());
            Assert.All(resumed.SelectMany(s => s.Restored), s => Assert.Equal(state[s.Key], s.Value));
            Assert.Equal(4, resumed[0].Losses.Count);
            for (int i = 0; i < 4; i++) Assert.Equal(losses[6 + i], resumed[0].Losses[i], 1e-5 * losses[6 + i]);

            void GoOn(ICommunicator? communicator)
            {
                using Session session = resumed[communicator?.Rank ?? 0] = new Session(communicator, preset, options);
                TrainingCheckpoint from = TrainingCheckpoint.Restore(Checkpoint.Open(folder), [], session.Context, session.Model.Parameters, session.Optimizer, session.Parallel);
                session.Restored = session.State();
                Assert.Equal(saved[0].SavedWeights, session.Weights());
                session.Run(null, from.State);
                if (communicator is null && preset != "adamw") Assert.Equal(8 * 10, session.Context.Counters.MatricesOrthogonalized);
            }
        }
    }

    [Fact]
    public void Files_of_one_rank_and_of_many_have_the_same_layout()
    {
        foreach (int ranks in (int[])[1, 3])
        {
            ThreadRanks.Run(ranks, communicator =>
            {
                using var session = new Session(communicator, "adamuon", Options with { BatchSize = 12, Steps = 2 });
                session.Run(new Saver(session, _folder.In($"of-{ranks}"), at: 1), null);
            });
        }
        string[][] names = [.. ((int[])[1, 3]).Select(n => Names(new CheckpointStore(_folder.In($"of-{n}")).FolderOf(1)))];
        Assert.Equal(names[0], names[1]);
        Assert.NotEmpty(names[0]);

        static string[] Names(string folder)
        {
            using SafetensorsFile file = Checkpoint.Open(folder).OpenTensors(Checkpoint.OptimizerFile);
            return [.. file.Tensors.Select(t => t.Name)];
        }
    }

    /// <summary>Saves after one step: rank 0 writes, the others give.</summary>
    private sealed class Saver(Session session, string folder, int at) : ITrainingCheckpoints
    {
        public bool Wants(CheckpointOccasion occasion, int step) => occasion == CheckpointOccasion.Step && step == at && session.Rank == 0; // one wish is enough

        public void Save(TrainingState state)
        {
            session.Saved = session.State();
            session.SavedWeights = session.Weights();
            var checkpoint = new TrainingCheckpoint { State = state, Configuration = [], CodeVersion = "test" };
            CheckpointContent content = checkpoint.Capture(session.Context, session.Model.Parameters, session.Model.Options, session.Optimizer, parallel: session.Parallel);
            if (session.Rank == 0) new CheckpointStore(folder).Save(content);
            else DataParallel.Give(content);
        }
    }

    private sealed class Session : IDisposable, ITrainingObserver
    {
        private readonly Trainer _trainer;

        public Session(ICommunicator? ranks, string preset, TrainingOptions options)
        {
            Rank = ranks?.Rank ?? 0;
            Context = new ComputeContext(new CpuBackend());
            Model = new Gpt(Context, RankedRun.Model, seed: 0);
            Optimizer = new Optimizer(Model.Parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 3e-3, WeightDecay = 0.1 }, clipNorm: 1);
            Parallel = ranks is null ? null : new DataParallel(ranks, Context, Optimizer, 3000);
            _trainer = new Trainer(Model, Optimizer, new LearningRateSchedule(ScheduleKind.Constant, 3, options.Steps), new BatchSampler(TinyRun.Text, options.BatchSize, RankedRun.Model.BlockSize, 0), null, options, Parallel);
        }

        public int Rank { get; }

        public ComputeContext Context { get; }

        public Gpt Model { get; }

        public Optimizer Optimizer { get; }

        public DataParallel? Parallel { get; }

        public List<double> Losses { get; } = [];

        public Dictionary<string, float[]> Saved { get; set; } = [];

        public float[][] SavedWeights { get; set; } = [];

        public Dictionary<string, float[]> Restored { get; set; } = [];

        public void Run(ITrainingCheckpoints? checkpoints, TrainingState? from) => _trainer.Run(this, checkpoints, from, TestContext.Current.CancellationToken);

        public void Logged(StepMetrics metrics) => Losses.Add(metrics.TrainLoss);

        public float[][] Weights() => [.. Model.Parameters.Select(p => p.Tensor.ToArray())];

        public Dictionary<string, float[]> State() => Optimizer.State.ToDictionary(s => s.Name, s =>
        {
            var values = new float[s.Data.Length];
            Context.Backend.Download(s.Data, values);
            return values;
        });

        public void Dispose() => Context.Dispose();
    }
}
