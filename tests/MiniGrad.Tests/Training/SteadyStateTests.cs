using MiniGrad.Autograd;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Tensors;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Training;

/// <summary>What a training step costs once it is warm: no garbage, no growth.</summary>
public sealed class SteadyStateTests
{
    private const int Rows = 4;

    /// <summary>Both measure the process, so they run in one of their own.</summary>
    [Fact]
    public Task What_is_measured_of_the_process() =>
        TestChild.RunAsync("steady state", ["-class", typeof(SteadyStateTests).FullName!, "-explicit", "only"], _ => { }, TestContext.Current.CancellationToken);

    [Fact(Explicit = true)]
    public void A_step_allocates_less_than_4_kB_on_the_managed_heap()
    {
        using var run = new TinyRun(new CpuBackend(2), training: new() { Steps = 1, BatchSize = Rows });
        var step = new Stepper(run);
        for (int i = 0; i < 60; i++) step.Take(i);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        const int steps = 100;
        for (int i = 0; i < steps; i++) step.Take(i);
        double perStep = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)steps;
        Assert.True(perStep < 4096, $"{perStep} bytes a step");
    }

    [Fact(Explicit = true)]
    public void Over_1000_steps_live_memory_stays_exactly_equal_and_resident_memory_within_1_percent()
    {
        using var run = new TinyRun(new CpuBackend(), training: new() { Steps = 1, BatchSize = Rows });
        var step = new Stepper(run);
        using var memory = new ResidentMemory();
        long[] resident = new long[1000];
        (long Live, long Buffers, long Bytes, int Tensors) warm = default;
        for (int i = 0; i < 1000; i++)
        {
            long live = step.Take(i);
            MiniGrad.Memory.TransferCounters transfers = run.Context.Backend.Transfers;
            (long, long, long, int) now = (live, transfers.LiveBuffers, transfers.LiveBytes, run.Context.LiveTensors);
            if (i == 10) warm = now;
            if (i > 10) Assert.Equal(warm, now);
            resident[i] = memory.Bytes();
        }
        double early = Median(resident[200..300]), late = Median(resident[900..1000]);
        Assert.True(Math.Abs(late - early) <= 0.01 * early, $"resident memory went from {early:N0} to {late:N0} bytes");
        TestContext.Current.TestOutputHelper?.WriteLine($"resident memory {early:N0} → {late:N0} bytes");
    }

    [Fact]
    public void Disposing_the_context_gives_everything_back()
    {
        var run = new TinyRun(new CpuBackend(2), training: new() { Steps = 3, BatchSize = Rows, EvaluateEvery = 1 });
        run.Run(TestContext.Current.CancellationToken);
        MiniGrad.Memory.TransferCounters transfers = run.Context.Backend.Transfers;
        Assert.True(transfers.LiveBuffers > 0);
        run.Dispose();
        Assert.Equal((0, 0), (transfers.LiveBuffers, transfers.LiveBytes));
    }

    private static double Median(IEnumerable<long> values) => values.Order().ElementAt(50);

    /// <summary>A training step without logging.</summary>
    private sealed class Stepper(TinyRun run)
    {
        private readonly BatchSampler _sampler = new(TinyRun.Text, Rows, 64, 0);
        private readonly Indices _inputs = run.Context.Indices([Rows, 64]);
        private readonly Indices _targets = run.Context.Indices([Rows, 64]);
        private readonly int[] _inputIds = new int[Rows * 64];
        private readonly int[] _targetIds = new int[Rows * 64];

        /// <summary>Takes a step and returns the arena bytes live at the end of its backward pass.</summary>
        public long Take(int step)
        {
            run.Optimizer.ZeroGradients();
            _sampler.Fill(step, 0, _inputIds, _targetIds);
            _inputs.CopyFrom(_inputIds);
            _targets.CopyFrom(_targetIds);
            long live;
            using (run.Context.BeginStep())
            {
                run.Model.Loss(_inputs, _targets).Backward();
                live = run.Context.Arena.LiveBytes;
            }
            using (run.Context.BeginStep()) run.Optimizer.Step();
            return live;
        }
    }
}
