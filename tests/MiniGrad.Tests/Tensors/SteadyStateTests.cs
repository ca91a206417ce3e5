using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Tensors;

/// <summary>After the first step nothing grows: no managed byte, no buffer, no live count.</summary>
public class SteadyStateTests
{
    public static TheoryData<string> Backends => ["float32", "float64", "far"];

    [Theory]
    [MemberData(nameof(Backends))]
    public void AStepAllocatesNoManagedMemory(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        var work = new Work(context);
        for (int step = 0; step < 5; step++) work.Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 200; step++) work.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void OverAThousandStepsTheCountsStayExact(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        var work = new Work(context);
        (long, long, long, long, long) expected = default;
        for (int step = 0; step < 1000; step++)
        {
            work.Step();
            (long, long, long, long, long) counts = (work.LiveAtTheEnd, context.Arena.PeakBytes, context.Arena.ReservedElements, context.Backend.Transfers.LiveBytes, context.LiveTensors);
            if (step == 1) expected = counts;
            if (step > 1 && counts != expected) Assert.Fail($"step {step}: {counts}, after the second step {expected}");
            Assert.Equal((0L, 0L), (context.Arena.LiveBytes, context.Arena.LiveViews));
        }
        Assert.True(work.LiveAtTheEnd > 0);
        Assert.Equal(0, context.Backend.Transfers.Downloads);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void DisposalGivesEveryBufferBack(string backend)
    {
        IBackend memory = Create(backend);
        var context = new ComputeContext(memory);
        var work = new Work(context);
        work.Step();
        context.Indices([2, 3]);
        context.Persistent(7);
        StepScope open = context.BeginStep();
        context.Full([1000, 1000], 1);
        Assert.True(memory.Transfers.LiveBuffers > 3 && memory.Transfers.LiveBytes > 0);
        context.Dispose();
        open.Dispose();
        Assert.Equal((0L, 0L), (memory.Transfers.LiveBuffers, memory.Transfers.LiveBytes));
    }

    private static IBackend Create(string name) => name switch
    {
        "float32" => new ReferenceBackend<float>(),
        "float64" => new ReferenceBackend<double>(),
        _ => new FarMemoryBackend(),
    };

    /// <summary>A step through the ops: add another one to <see cref="Loss"/>.</summary>
    private sealed class Work
    {
        private readonly ComputeContext _context;
        private readonly Parameter _w;
        private readonly Parameter _b;
        private readonly float[] _values = [1, 2, 3];

        public Work(ComputeContext context)
        {
            _context = context;
            _w = context.Parameter("w", [2, 3], ParameterRole.HiddenMatrix);
            _b = context.Parameter("b", [2, 1], ParameterRole.Vector);
        }

        /// <summary>Bytes that were live in the arena when the last step ended.</summary>
        public long LiveAtTheEnd { get; private set; }

        public void Step()
        {
            using StepScope step = _context.BeginStep();
            Loss().Backward();
            _context.Backend.Axpby(-0.1, default, _w.GradientData, 1, _w.Data, _w.Data, default);
            _w.ZeroGradient();
            using (_context.NoGrad()) Loss();
            LiveAtTheEnd = _context.Arena.LiveBytes;
        }

        private Tensor Loss()
        {
            Tensor x = _context.Tensor([3], _values), hidden = Add.Apply(Add.Apply(_w, x), _b);
            return Total.Apply(Add.Apply(hidden, hidden));
        }
    }
}
