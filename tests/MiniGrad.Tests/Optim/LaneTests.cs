using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Optim;
using MiniGrad.Tests.Kernels.Gemm;

namespace MiniGrad.Tests.Optim;

/// <summary>One parameter per core changes nothing but the time.</summary>
public sealed class LaneTests
{
    public static TheoryData<string> All => [.. Presets.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Threads_do_not_change_a_bit_of_a_step(string preset)
    {
        float[] expected = Train(preset, 1, out long matrices, out _);
        foreach (int threads in (int[])[2, 3])
        {
            float[] actual = Train(preset, threads, out long counted, out TransferCounters transfers);
            GemmDeterminismTests.AssertSameBits(expected, actual, $"{preset} on {threads} threads");
            Assert.Equal(matrices, counted);
            Assert.Equal((0, 0), (transfers.LiveBuffers, transfers.LiveBytes));
        }
    }

    [Fact]
    public void A_warm_step_on_lanes_allocates_nothing()
    {
        using var context = new ComputeContext(new CpuBackend(2));
        Optimizer optimizer = Optimizer(context, "adamuon");
        for (int i = 0; i < 3; i++) Step(context, optimizer);
        // A lane is warm when it has met every shape, and which it meets depends on the moment; what a step costs shows in every round.
        (long Bytes, long Allocations) cost = (1, 1);
        for (int round = 0; round < 20 && cost != (0, 0); round++)
        {
            long allocations = context.Backend.Transfers.Allocations, bytes = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5; i++) Step(context, optimizer);
            cost = (GC.GetAllocatedBytesForCurrentThread() - bytes, context.Backend.Transfers.Allocations - allocations);
        }
        Assert.Equal((0, 0), cost);
    }

    [Fact]
    public void Every_item_is_done_once_and_lanes_count_for_their_context()
    {
        using var context = new ComputeContext(new CpuBackend(3));
        var work = new Counting(context, new int[100]);
        context.ForEach(work.Done.Length, work);
        Assert.All(work.Done, times => Assert.Equal(1, times));
        Assert.Equal(100, context.Counters.MatricesOrthogonalized);
        Assert.Equal(0, Enumerable.Range(0, 3).Sum(lane => context.Lane(lane).Counters.MatricesOrthogonalized + context.Lane(lane).Arena.LiveViews));
    }

    [Fact]
    public void A_failure_on_a_lane_reaches_the_caller_and_leaves_the_lanes_usable()
    {
        using var context = new ComputeContext(new CpuBackend(2));
        Assert.Throws<InvalidOperationException>(() => context.ForEach(10, new Failing()));
        var work = new Counting(context, new int[10]);
        context.ForEach(10, work);
        Assert.All(work.Done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_device_without_lanes_does_one_item_after_the_other()
    {
        using var context = new ComputeContext(new Backends.FarMemoryBackend());
        var work = new Counting(context, new int[5]);
        context.ForEach(5, work);
        Assert.Equal((1, 5, context), (context.Lanes, context.Counters.MatricesOrthogonalized, context.Lane(0)));
    }

    private static float[] Train(string preset, int threads, out long matrices, out TransferCounters transfers)
    {
        using var context = new ComputeContext(new CpuBackend(threads));
        Optimizer optimizer = Optimizer(context, preset);
        for (int i = 0; i < 3; i++) Step(context, optimizer);
        (matrices, transfers) = (context.Counters.MatricesOrthogonalized, context.Backend.Transfers);
        return [.. optimizer.Routing.Parameters.SelectMany(parameter => parameter.Tensor.ToArray())];
    }

    // Wide, tall, square and small matrices, and vectors: enough of each that lanes are used.
    private static Optimizer Optimizer(ComputeContext context, string preset)
    {
        var parameters = new List<Parameter>();
        foreach ((int rows, int columns) in ((int, int)[])[(96, 32), (70, 130), (130, 70), (80, 80), (9, 17), (1, 40), (75, 75), (70, 120)])
        {
            parameters.Add(context.Parameter($"m{parameters.Count}", [rows, columns], ParameterRole.HiddenMatrix));
            parameters.Add(context.Parameter($"v{parameters.Count}", [rows], ParameterRole.Vector));
        }
        var random = new Random(3);
        foreach (Parameter parameter in parameters)
        {
            parameter.Tensor.CopyFrom([.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(_ => random.NextSingle() - 0.5f)]);
            Replay.SetGradient(parameter, [.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(_ => random.NextDouble() - 0.5)]);
        }
        return new Optimizer(parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 1e-2, WeightDecay = 0.1 }, clipNorm: 1);
    }

    private static void Step(ComputeContext context, Optimizer optimizer)
    {
        using StepScope step = context.BeginStep();
        optimizer.Step();
    }

    private sealed record Counting(ComputeContext Context, int[] Done) : ILaneWork
    {
        public void Run(int item, int lane)
        {
            Interlocked.Increment(ref Done[item]);
            Context.Lane(lane).Allocate(100);
            Context.Lane(lane).Counters.MatricesOrthogonalized++;
        }
    }

    private sealed class Failing : ILaneWork
    {
        public void Run(int item, int lane)
        {
            if (item == 3) throw new InvalidOperationException("item 3");
        }
    }
}
