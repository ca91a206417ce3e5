using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Tests.Build;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>What a training step costs once it is warm: no garbage, no growth.</summary>
public sealed class SteadyStateTests
{
    private const int Rows = 4;

    /// <summary>Both measure the process, so they run in one of their own, whose code is compiled once and not again on the way.</summary>
    [Fact]
    public Task What_is_measured_of_the_process() =>
        TestChild.RunAsync("steady state", ["-class", typeof(SteadyStateTests).FullName!, "-explicit", "only"], environment => environment["DOTNET_TieredCompilation"] = "0", TestContext.Current.CancellationToken);

    [Fact(Explicit = true)]
    public void A_step_that_is_neither_logged_nor_evaluated_allocates_nothing_on_the_managed_heap()
    {
        // From one logged step to the next it is the same whether 50 or 100 steps lie between: those in between add nothing.
        Assert.Equal(BetweenLogs(50), BetweenLogs(100));
    }

    /// <summary>How many tokens an expert has differs from step to step; what is allocated does not.</summary>
    [Fact(Explicit = true)]
    public void Neither_does_a_step_of_a_mixture_of_experts()
    {
        GptOptions model = new GptOptions { NLayer = 2, NEmbd = 16, NHead = 2, BlockSize = 16, NInner = 8 }.OfFamily(ModelFamily.DeepseekMoe);
        Assert.Equal(BetweenLogs(50, model), BetweenLogs(100, model));
    }

    /// <summary>
    /// A leak shows in every thousand steps. What the system does once in the background, such as making a huge page of
    /// small ones, shows in one: a second and a third thousand may answer for the first.
    /// </summary>
    [Fact(Explicit = true)]
    public void Over_1000_steps_live_memory_stays_exactly_equal_and_resident_memory_within_1_percent()
    {
        using var run = new TinyRun(new CpuBackend(), training: new() { Steps = 1, BatchSize = Rows });
        var step = new Stepper(run);
        using var memory = new ResidentMemory();
        (long Live, long Buffers, long Bytes, int Tensors) warm = default;
        var seen = new List<string>();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long[] resident = new long[1000];
            for (int i = 0; i < 1000; i++)
            {
                long live = step.Take((1000 * attempt) + i);
                MiniGrad.Memory.TransferCounters transfers = run.Context.Backend.Transfers;
                (long, long, long, int) now = (live, transfers.LiveBuffers, transfers.LiveBytes, run.Context.LiveTensors);
                if (attempt == 0 && i == 10) warm = now;
                if (attempt > 0 || i > 10) Assert.Equal(warm, now);
                resident[i] = memory.Bytes();
            }
            double early = Median(resident[200..300]), late = Median(resident[900..1000]);
            seen.Add($"{early:N0} to {late:N0} bytes");
            if (Math.Abs(late - early) <= 0.01 * early) return;
        }
        Assert.Fail($"resident memory went from {string.Join(", from ", seen)}");
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

    /// <summary>The fewest bytes allocated from one logged step to the next; the fewest, since the runtime does some work of its own now and then.</summary>
    private static long BetweenLogs(int steps, GptOptions? model = null)
    {
        using var run = new TinyRun(new CpuBackend(2), training: new() { Steps = 6 * steps, BatchSize = Rows, MicroBatchSize = Rows / 2, LogEvery = steps }, model: model);
        var watch = new AllocationWatch();
        run.Trainer.Run(watch, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Fewest} bytes in {steps} steps, one of them logged");
        return watch.Fewest;
    }

    private static double Median(IEnumerable<long> values) => values.Order().ElementAt(50);

    /// <summary>Reads the allocation counter at each logged step.</summary>
    private sealed class AllocationWatch : ITrainingObserver
    {
        private long _last = -1;

        public long Fewest { get; private set; } = long.MaxValue;

        public void Logged(StepMetrics metrics)
        {
            long now = GC.GetTotalAllocatedBytes(precise: true);
            if (_last >= 0) Fewest = Math.Min(Fewest, now - _last);
            _last = now;
        }
    }

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
