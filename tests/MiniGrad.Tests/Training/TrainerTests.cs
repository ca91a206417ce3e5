using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Tests.Backends;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

public sealed class TrainerTests
{
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
    public void Two_trainings_at_once_give_the_bits_of_running_them_in_turn()
    {
        long[] alone = BitsOf(new CpuBackend(), "adamuon"), other = BitsOf(new CpuBackend(), "muon");
        long[][] together = new long[2][];
        Thread[] threads =
        [
            new(() => together[0] = BitsOf(new CpuBackend(), "adamuon")),
            new(() => together[1] = BitsOf(new CpuBackend(), "muon")),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(alone, together[0]);
        Assert.Equal(other, together[1]);
        Assert.NotEqual(alone, other);
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
        var model = new MiniGrad.Nn.GptOptions { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8 };
        using var run = new TinyRun(new FarMemoryBackend(), training: training, model: model);
        TransferCounters transfers = run.Context.Backend.Transfers;
        (long downloads, long bytes) = (transfers.Downloads, transfers.DownloadedBytes);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(6 * run.Matrices, run.Context.Counters.MatricesOrthogonalized);
        Assert.Equal(2, run.History.Count);
        Assert.Equal(2, transfers.Downloads - downloads);
        Assert.Equal(2 * 4 * sizeof(float), transfers.DownloadedBytes - bytes);
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

    // An infinite weight makes the loss and every gradient NaN.
    private static void Poison(TinyRun run)
    {
        MiniGrad.Tensors.Parameter norm = run.Model.Parameters.First(p => p.Name == "ln_f.weight");
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
