using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Tests.Backends;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

public sealed class TrainerTests
{
    private static readonly GptOptions Small = new() { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8 };

    [Theory]
    [InlineData("adamuon")]
    [InlineData("muon")]
    [InlineData("adamw")]
    public void Training_lowers_the_loss_and_really_orthogonalizes(string preset)
    {
        using var run = new TinyRun(new CpuBackend(), preset);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        AssertTrained(run, result, preset);
    }

    [Fact]
    public void Two_runs_are_bit_identical_with_one_thread_and_with_two()
    {
        long[] first = BitsOf(new CpuBackend(1)), second = BitsOf(new CpuBackend(1)), twoThreads = BitsOf(new CpuBackend(2));
        Assert.Equal(first, second);
        Assert.Equal(first, twoThreads);
    }

    [Fact]
    public async Task Two_trainings_at_once_give_the_bits_of_running_them_in_turn()
    {
        long[] alone = BitsOf(new CpuBackend(), "adamuon"), other = BitsOf(new CpuBackend(), "muon");
        long[][] together = await Task.WhenAll(AtOnce("adamuon"), AtOnce("muon"));
        Assert.Equal(alone, together[0]);
        Assert.Equal(other, together[1]);
        Assert.NotEqual(alone, other);

        static Task<long[]> AtOnce(string preset) => Task.Factory.StartNew(() => BitsOf(new CpuBackend(), preset), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void Another_seed_gives_other_numbers()
    {
        using var first = new TinyRun(new CpuBackend(), seed: 0);
        using var second = new TinyRun(new CpuBackend(), seed: 1);
        TrainingResult one = first.Run(TestContext.Current.CancellationToken), two = second.Run(TestContext.Current.CancellationToken);
        Assert.NotEqual(first.Model.InitialSha256, second.Model.InitialSha256);
        Assert.NotEqual(one.BatchFingerprint, two.BatchFingerprint);
    }

    [Fact]
    public void Micro_batches_add_up_to_the_batch()
    {
        using var whole = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 5, BatchSize = 16 });
        using var split = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 5, BatchSize = 16, MicroBatchSize = 4 });
        TrainingResult a = whole.Run(TestContext.Current.CancellationToken), b = split.Run(TestContext.Current.CancellationToken);
        Assert.Equal(a.BatchFingerprint, b.BatchFingerprint);
        Assert.Equal(whole.History[0].TrainLoss, split.History[0].TrainLoss, 1e-5);
        Assert.Equal(whole.History[0].GradientNorm, split.History[0].GradientNorm, 1e-4 * whole.History[0].GradientNorm);
        Assert.Equal(a.FinalTrainLoss, b.FinalTrainLoss, 0.02);
    }

    [Fact]
    public void Sampler_and_trainer_agree_on_the_batches()
    {
        using var run = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 3, BatchSize = 4, MicroBatchSize = 2 });
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        ulong expected = new MiniGrad.Data.BatchSampler(TinyRun.Text, 4, 64, 0).Fingerprint(3);
        Assert.Equal(new MiniGrad.Data.BatchFingerprint(expected).ToString(), result.BatchFingerprint);
    }

    [Fact]
    public void A_far_device_downloads_one_block_on_logged_steps_and_nothing_else()
    {
        var training = new TrainingOptions { Steps = 6, BatchSize = 2, MicroBatchSize = 1, LogEvery = 3 };
        using var run = new TinyRun(new FarMemoryBackend(), training: training, model: Small);
        TransferCounters transfers = run.Context.Backend.Transfers;
        (long downloads, long bytes) = (transfers.Downloads, transfers.DownloadedBytes);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(6 * run.Matrices, run.Context.Counters.MatricesOrthogonalized);
        Assert.Equal(2, run.History.Count);
        Assert.Equal(2, transfers.Downloads - downloads);
        Assert.Equal(2 * 5 * sizeof(float), transfers.DownloadedBytes - bytes);
    }

    [Fact]
    public void A_run_that_is_asked_to_stop_ends_after_the_step_under_way()
    {
        using var run = new TinyRun(new CpuBackend());
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        TrainingResult result = run.Run(stop.Token);
        Assert.Equal(TrainingOutcome.Interrupted, result.Outcome);
        Assert.Equal(0, result.Steps);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_ends_the_run_with_parameters_and_state_unchanged()
    {
        using var run = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 4, BatchSize = 2 });
        Poison(run);
        float[][] before = Weights(run);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Contains("step 1", result.Reason, StringComparison.Ordinal);
        Assert.Equal(before, Weights(run));
        Assert.All(run.Optimizer.State, s => Assert.All(Download(run, s.Data), x => Assert.Equal(0, x)));
    }

    [Fact]
    public void With_the_policy_skip_bad_steps_are_counted_and_change_nothing()
    {
        using var run = new TinyRun(new CpuBackend(), training: new TrainingOptions { Steps = 4, BatchSize = 2, OnNonFinite = NonFinitePolicy.Skip });
        Poison(run);
        float[][] before = Weights(run);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Equal(4, result.SkippedSteps);
        Assert.All(run.History, m => Assert.True(m.Skipped));
        Assert.Equal(before, Weights(run));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bad_steps_between_logged_ones_are_not_missed(bool far)
    {
        var training = new TrainingOptions { Steps = 12, BatchSize = 1, LogEvery = 4, OnNonFinite = NonFinitePolicy.Skip };
        (int token, int[] bad) = RareToken(training);
        using TinyRun skip = Start(training), stop = Start(training with { OnNonFinite = NonFinitePolicy.Stop });
        TrainingResult skipped = skip.Run(TestContext.Current.CancellationToken), stopped = stop.Run(TestContext.Current.CancellationToken);

        Assert.Equal((TrainingOutcome.Completed, bad.Length), (skipped.Outcome, skipped.SkippedSteps));
        Assert.All(skip.History, m => Assert.False(m.Skipped));
        Assert.Equal(TrainingOutcome.Diverged, stopped.Outcome);
        Assert.Equal(far ? (bad[0] + 3) / 4 * 4 : bad[0], stopped.Steps);
        Assert.Contains(far ? $"between steps {stopped.Steps - 3} and {stopped.Steps}" : $"at step {bad[0]}", stopped.Reason, StringComparison.Ordinal);

        TinyRun Start(TrainingOptions options)
        {
            var run = new TinyRun(far ? new FarMemoryBackend() : new CpuBackend(), training: options, model: Small);
            Parameter table = run.Model.Parameters.First(p => p.Name == "wte.weight");
            float[] values = table.Tensor.ToArray();
            values[token * Small.NEmbd] = float.PositiveInfinity;
            table.Tensor.CopyFrom(values);
            return run;
        }
    }

    internal static void AssertTrained(TinyRun run, TrainingResult result, string preset)
    {
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(run.History[0].TrainLoss - result.FinalTrainLoss > 0.5, $"{preset}: the loss went from {run.History[0].TrainLoss} to {result.FinalTrainLoss}");
        int matrices = preset == "adamw" ? 0 : run.Matrices;
        Assert.Equal((long)matrices * result.Steps, run.Context.Counters.MatricesOrthogonalized);
        Assert.Equal(5L * matrices * result.Steps, run.Context.Counters.NewtonSchulzIterations);
        Assert.True(preset == "adamw" || matrices == 8);
    }

    private static long[] BitsOf(CpuBackend backend, string preset = "adamuon")
    {
        using var run = new TinyRun(backend, preset, training: new TrainingOptions { Steps = 30, BatchSize = 16, EvaluateEvery = 15 });
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        AssertTrained(run, result, preset);
        return run.Bits();
    }

    /// <summary>A token that some batches hold but those of logged steps do not, and the steps (from 1) of the batches that hold it.</summary>
    private static (int Token, int[] Steps) RareToken(TrainingOptions options)
    {
        var sampler = new MiniGrad.Data.BatchSampler(TinyRun.Text, 1, Small.BlockSize, 0);
        int[] inputs = new int[Small.BlockSize], targets = new int[Small.BlockSize];
        var steps = new Dictionary<int, List<int>>();
        for (int step = 1; step <= options.Steps; step++)
        {
            sampler.Fill(step - 1, 0, inputs, targets);
            foreach (int token in inputs.Distinct())
            {
                if (!steps.TryGetValue(token, out List<int>? holding)) steps[token] = holding = [];
                holding.Add(step);
            }
        }
        KeyValuePair<int, List<int>> rare = steps.First(s => s.Value.Count > 1 && !s.Value.Exists(options.IsLogged));
        return (rare.Key, [.. rare.Value]);
    }

    // An infinite weight makes the loss and every gradient NaN.
    private static void Poison(TinyRun run)
    {
        Parameter norm = run.Model.Parameters.First(p => p.Name == "ln_f.weight");
        float[] values = norm.Tensor.ToArray();
        values[0] = float.PositiveInfinity;
        norm.Tensor.CopyFrom(values);
    }

    private static float[][] Weights(TinyRun run) => [.. run.Model.Parameters.Select(p => p.Tensor.ToArray())];

    private static float[] Download(TinyRun run, BufferView view)
    {
        var values = new float[view.Length];
        run.Context.Backend.Download(view, values);
        return values;
    }
}
