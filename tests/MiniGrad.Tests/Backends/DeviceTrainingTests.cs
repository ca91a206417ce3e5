using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Tests.IO;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Backends;

/// <summary>Whole models and steps on ILGPU against the CPU back end.</summary>
[Collection(DeviceCollection.Name)]
public sealed class DeviceTrainingTests
{
    private static readonly GptOptions Small = new() { NLayer = 2, NEmbd = 16, NHead = 2, BlockSize = 8 };

    // One that ILGPU's debugger, which emulates a device's threads one by one, can train in seconds.
    private static readonly GptOptions Smallest = new() { NLayer = 1, NEmbd = 8, NHead = 2, BlockSize = 8 };

    public static TheoryData<string> Names => NamedBackends.Ilgpu;

    public static TheoryData<string> All => NamedBackends.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_of_a_small_GPT_agree_with_the_CPU_kernels(string name)
    {
        using var expected = new ComputeContext(new CpuBackend());
        using var found = new ComputeContext(NamedBackends.Open(name));
        Gpt ours = new(expected, Small, 3), theirs = new(found, Small, 3);
        double loss = Differentiate(ours);
        Assert.Equal(loss, Differentiate(theirs), 1e-4 * loss);
        for (int i = 0; i < ours.Parameters.Count; i++)
        {
            double[] gradient = expected.DownloadDouble(ours.Parameters[i].GradientData), other = found.DownloadDouble(theirs.Parameters[i].GradientData);
            double largest = gradient.Max(Math.Abs), off = gradient.Zip(other, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(largest > 0 && off <= 1e-4 * largest, $"{name}: the gradient of {ours.Parameters[i].Name} is off by {off:e2} of {largest:e2}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_downloads_one_block_on_logged_steps_and_allocates_nothing_once_warm(string name)
    {
        int every = NamedBackends.IsSlow(name) ? 1 : 3;
        var training = new TrainingOptions { Steps = 2 * every, BatchSize = 2, MicroBatchSize = 1, LogEvery = every };
        using var run = new TinyRun(NamedBackends.Open(name), training: training, model: ModelFor(name));
        TransferCounters transfers = run.Context.Backend.Transfers;
        (long downloads, long bytes) = (transfers.Downloads, transfers.DownloadedBytes);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(2, run.History.Count);
        Assert.Equal(2, transfers.Downloads - downloads);
        Assert.Equal(2 * 5 * sizeof(float), transfers.DownloadedBytes - bytes);

        (long allocations, long live, long reserved) = (transfers.Allocations, transfers.LiveBytes, run.Context.Arena.ReservedElements);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Equal((allocations, live, reserved), (transfers.Allocations, transfers.LiveBytes, run.Context.Arena.ReservedElements));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_of_a_few_steps_agree_with_the_CPU_kernels(string name) => AssertSameLosses(name, new TrainingOptions { Steps = 3, BatchSize = 2 }, ModelFor(name));

    /// <summary>
    /// 50 steps with MINIGRAD_TESTS=full. AdaMuon's update has a sign, which turns the last bits of a momentum near zero into
    /// whole steps: it is held against float64, from which a device is no further than the CPU's own float32.
    /// </summary>
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(NamedBackends.IlgpuOpenCl, "muon")]
    [InlineData(NamedBackends.IlgpuOpenCl, "adamuon")]
    [InlineData(NamedBackends.IlgpuCuda, "muon")]
    [InlineData(NamedBackends.IlgpuCuda, "adamuon")]
    public void Losses_of_profile_tiny_agree_with_the_CPU_kernels_or_with_float64(string name, string preset)
    {
        var training = new TrainingOptions { Steps = Effort.Of(5, 50), BatchSize = 16 };
        var model = new GptOptions { NLayer = 2, NEmbd = 64, NHead = 4, BlockSize = 64 };
        AssertSameLosses(name, training, model, preset, preset == "muon" ? new CpuBackend(2) : new ReferenceBackend<double>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_run_twice_gives_the_same_bits(string name)
    {
        var training = new TrainingOptions { Steps = NamedBackends.IsSlow(name) ? 1 : 5, BatchSize = 1 };
        using TinyRun first = new(NamedBackends.Open(name), training: training, model: ModelFor(name)), second = new(NamedBackends.Open(name), training: training, model: ModelFor(name));
        first.Run(TestContext.Current.CancellationToken);
        second.Run(TestContext.Current.CancellationToken);
        Assert.Equal(first.Bits(), second.Bits());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_with_a_gradient_that_is_not_finite_changes_nothing(string name)
    {
        using var run = new TinyRun(NamedBackends.Open(name), training: new TrainingOptions { Steps = 1, BatchSize = 2 }, model: ModelFor(name));
        Parameter bad = run.Model.Parameters[1];
        float[] values = bad.Tensor.ToArray();
        values[0] = float.NaN;
        bad.Tensor.CopyFrom(values);
        List<float[]> before = [.. run.Model.Parameters.Select(p => p.Tensor.ToArray())];
        Assert.Equal(TrainingOutcome.Diverged, run.Run(TestContext.Current.CancellationToken).Outcome);
        Assert.Equal(before, run.Model.Parameters.Select(p => p.Tensor.ToArray()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ids_outside_the_vocabulary_are_refused_in_the_same_words(string name)
    {
        using IBackend backend = NamedBackends.Open(name);
        BufferView table = backend.Of(1, 2, 3, 4), ids = backend.Ids(1, 2), y = backend.Room(4);
        string message = Assert.Throws<ArgumentException>(() => backend.Gather(2, 2, table, ids, y)).Message;
        Assert.Equal("embedding: token 2 at row 1 does not lie in the vocabulary of 2; use the tokenizer that the model was made for", message);
        message = Assert.Throws<ArgumentException>(() => backend.CrossEntropy(2, 2, table, ids, y, y)).Message;
        Assert.Equal("cross-entropy: target 2 at row 1 does not lie in the vocabulary of 2; a negative target leaves a row out", message);
    }

    private static GptOptions ModelFor(string name) => NamedBackends.IsSlow(name) ? Smallest : Small;

    private static void AssertSameLosses(string name, TrainingOptions training, GptOptions model, string preset = "adamuon", IBackend? oracle = null)
    {
        using TinyRun found = new(NamedBackends.Open(name), preset, training: training, model: model), expected = new(oracle ?? new CpuBackend(2), preset, training: training, model: model);
        found.Run(TestContext.Current.CancellationToken);
        expected.Run(TestContext.Current.CancellationToken);
        Assert.Equal(training.Steps, found.History.Count);
        for (int i = 0; i < training.Steps; i++)
        {
            double loss = expected.History[i].TrainLoss;
            Assert.True(Math.Abs(found.History[i].TrainLoss - loss) <= 1e-3 * loss, $"{name}: step {i + 1}: loss {found.History[i].TrainLoss}, expected {loss}");
        }
    }

    private static double Differentiate(Gpt model)
    {
        ComputeContext context = model.Context;
        Indices inputs = context.Indices([2, 8]), targets = context.Indices([2, 8]);
        inputs.CopyFrom([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]);
        targets.CopyFrom([1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2]);
        using StepScope step = context.BeginStep();
        Tensor loss = model.Loss(inputs, targets);
        loss.Backward();
        return loss.Item();
    }
}
