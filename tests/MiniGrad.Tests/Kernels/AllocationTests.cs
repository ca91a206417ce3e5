using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Kernels_make_no_garbage_and_leave_no_memory_behind(int threads)
    {
        var backend = new CpuBackend(threads);
        TransferCounters counters = backend.Transfers;
        using (var tour = new Tour(backend))
        {
            for (int i = 0; i < 40; i++) tour.Run();
            long buffers = counters.LiveBuffers, bytes = counters.LiveBytes;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) tour.Run();
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal((buffers, bytes), (counters.LiveBuffers, counters.LiveBytes));
        }
        backend.Dispose();
        Assert.Equal((0, 0), (counters.LiveBuffers, counters.LiveBytes));
    }

    /// <summary>Every kernel once, large enough for several blocks.</summary>
    private sealed class Tour(CpuBackend backend) : IDisposable
    {
        private const int Rows = 160, Columns = 128, Count = Rows * Columns;
        private static readonly int[] Order = [1, 0];
        private readonly DeviceBuffer _reals = backend.Allocate(12 * Count, ElementType.Real), _ids = backend.Allocate(Rows, ElementType.Int32);
        private bool _filled;

        public void Run()
        {
            if (!_filled)
            {
                backend.Fill(_reals.View, 0.5);
                backend.Upload(_ids.View, new int[Rows]);
                _filled = true;
            }
            BufferView a = Part(0), b = Part(1), c = Part(2), d = Part(3), e = Part(4), row = Part(5).Slice(0, Columns), rows = Part(6).Slice(0, Rows), moreRows = Part(7).Slice(0, Rows), one = Part(8).Slice(0, 1), wide = _reals.View.Slice(9L * Count, 3L * Count);
            BroadcastLayout layout = BroadcastLayout.For([Rows, Columns], [Columns])!.Value, reversed = BroadcastLayout.For([Columns], [Rows, Columns])!.Value;
            foreach (BinaryOperation operation in (ReadOnlySpan<BinaryOperation>)[BinaryOperation.Add, BinaryOperation.Subtract, BinaryOperation.Multiply, BinaryOperation.Divide]) backend.Binary(operation, layout, a, row, c, false);
            backend.ReduceToA(reversed, 1, a, row, false);
            backend.ExpandA(reversed, 1, row, c, true);
            for (UnaryOperation operation = UnaryOperation.Exp; operation <= UnaryOperation.Sign; operation++)
            {
                backend.Unary(operation, a, c);
                backend.UnaryBackward(operation, a, b, d, false);
            }
            backend.SwiGlu(Rows, Columns / 2, Columns, a, a.Slice(Columns / 2, Count - Columns / 2), c);
            backend.SwiGluBackward(Rows, Columns / 2, Columns, a, a.Slice(Columns / 2, Count - Columns / 2), c, d, d.Slice(Columns / 2, Count - Columns / 2), false);
            backend.Permute([Rows, Columns], Order, a, c, false);
            backend.SumAxis(Rows, Columns, 1, 1, a, rows, false);
            backend.SumAxis(1, Count, 1, 1, a, one, false);
            backend.Dot(a, b, one);
            backend.Norm(a, one);
            backend.LayerNorm(Rows, Columns, 1e-5, a, row, row, c, rows, moreRows);
            backend.LayerNormBackward(Rows, Columns, a, row, rows, moreRows, b, c, false, row, false, default, false);
            backend.RmsNorm(Rows, Columns, 1e-5, a, row, c, rows);
            backend.RmsNormBackward(Rows, Columns, a, row, rows, b, c, false, row, false);
            backend.Softmax(Rows, Columns, a, c);
            backend.SoftmaxBackward(Rows, Columns, c, b, d, false);
            var shape = new AttentionShape { Batch = 2, QueryLength = Rows / 2, KeyLength = Rows / 2, Heads = 4, KvHeads = 2, QkSize = 32, ValueSize = 32, QueryStride = Columns, KeyStride = Columns, ValueStride = Columns, Scale = 0.2 };
            backend.Attention(shape, a, b, b, c, wide.Slice(0, Rows * 4), rows.Slice(0, 4));
            backend.AttentionBackward(shape, a, b, b, c, wide.Slice(0, Rows * 4), d, e, wide.Slice(Count, Count), wide.Slice(2 * Count, Count), false);
            backend.Rope(new RopeShape { Rows = Rows, SequenceLength = Rows, Heads = 4, RotatedHeads = 2, HeadSize = 32 }, a, a, b, c, false);
            backend.Gather(Rows, Columns, a, _ids.View, c);
            backend.ScatterAdd(Rows, Columns, 8, _ids.View, b, d, true);
            backend.CrossEntropy(Rows, Columns, a, _ids.View, rows, moreRows);
            backend.CrossEntropyBackward(Rows, Columns, 1, a, _ids.View, moreRows, one, c, false);
            backend.Axpby(1, default, a, 1, b, c, default);
            backend.SecondMoment(0.9, a, b, default);
            backend.DivideByRoot(RootRule.Divide, 1e-8, a, b, default, c);
            backend.ApplyUpdate(0.1, default, a, 0.1, true, c, default);
            backend.AdamW(new AdamWCall(0.1, 0.9, 0.9, 1e-8, 0), a, default, b, c, default, default, d, default);
            backend.Scalar(ScalarOperation.Affine, 1, 2, one, one);
            backend.Fill(_reals.View, 0.5);
        }

        public void Dispose()
        {
            _reals.Dispose();
            _ids.Dispose();
        }

        private BufferView Part(int i) => _reals.View.Slice((long)i * Count, Count);
    }
}
