using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Memory;

public sealed class TensorArenaTests : IDisposable
{
    private readonly ReferenceBackend<float> _backend = new();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void EveryViewIsAlignedAndNoneOverlap()
    {
        using var arena = new TensorArena(_backend);
        long end = 0;
        for (int length = 0; length < 200; length++)
        {
            BufferView view = arena.Allocate(length);
            Assert.Equal(length, view.Length);
            Assert.Equal(0, view.Offset % TensorArena.Alignment);
            Assert.True(view.Offset >= end, $"a view of {length} elements overlaps the one before");
            end = view.Offset + Math.Max(1, length);
        }
    }

    [Fact]
    public void ReleasedMemoryIsHandedOutAgain()
    {
        using var arena = new TensorArena(_backend);
        BufferView first = arena.Allocate(100), second = arena.Allocate(100);
        arena.Release(first);
        Assert.Equal((100L, 1L), (arena.LiveElements, arena.LiveViews));
        Assert.NotEqual(first, arena.Allocate(90));
        Assert.Equal(first, arena.Allocate(100));
        Assert.NotEqual(second, arena.Allocate(100));
        Assert.Equal((390L, 4L, 390L), (arena.LiveElements, arena.LiveViews, arena.PeakElements));
        arena.Release(default);
        Assert.Equal(4, arena.LiveViews);
    }

    [Fact]
    public void AfterTheFirstStepThereIsOneBuffer()
    {
        using var arena = new TensorArena(_backend);
        long[] lengths = [50_000, 70_000, 3, 200_000, 16, 90_000];
        foreach (long length in lengths) arena.Allocate(length);
        Assert.True(_backend.Transfers.LiveBuffers > 1);
        long needed = lengths.Sum(length => (length + TensorArena.Alignment - 1) / TensorArena.Alignment * TensorArena.Alignment);
        arena.Reset();
        Assert.Equal((1L, needed, 0L, 0L), (_backend.Transfers.LiveBuffers, arena.ReservedElements, arena.LiveElements, arena.LiveViews));

        long allocations = _backend.Transfers.Allocations;
        BufferView[] first = [.. lengths.Select(arena.Allocate)];
        arena.Reset();
        Assert.Equal(first, lengths.Select(arena.Allocate));
        Assert.Equal(allocations, _backend.Transfers.Allocations);
    }

    [Fact]
    public void AnArenaLendsToOthersAndGetsEverythingBack()
    {
        using var lender = new TensorArena(_backend);
        lender.Release(lender.Allocate(1 << 20));
        lender.Reset();
        long allocations = _backend.Transfers.Allocations;
        using TensorArena first = new(_backend, lender: lender), second = new(_backend, lender: lender);
        BufferView[] views = [first.Allocate(1000), second.Allocate(1000), first.Allocate(100_000), second.Allocate(3)];
        Assert.Equal(4, views.Distinct().Count());
        Assert.All(views, view => Assert.Same(views[0].Buffer, view.Buffer));
        for (int i = 0; i < views.Length; i++)
        {
            for (int j = 0; j < i; j++) Assert.True(views[i].Offset + views[i].Length <= views[j].Offset || views[j].Offset + views[j].Length <= views[i].Offset);
        }
        first.Reset();
        second.Reset();
        long needed = first.Clear();
        Assert.Equal(101_008, needed);
        second.Clear();
        Assert.Equal(0, lender.LiveElements);
        first.Reserve(needed);
        Assert.Equal(needed, lender.LiveElements);
        first.Allocate(needed);
        Assert.Equal(needed, lender.LiveElements);
        Assert.Equal(allocations, _backend.Transfers.Allocations);
    }

    [Fact]
    public void BytesFollowThePrecision()
    {
        using var full = new ReferenceBackend<double>();
        using var arena = new TensorArena(full);
        arena.Release(arena.Allocate(10));
        arena.Allocate(4);
        Assert.Equal((32L, 80L), (arena.LiveBytes, arena.PeakBytes));
    }

    [Fact]
    public void AFailedAllocationIsNotCounted()
    {
        using var arena = new TensorArena(_backend);
        Assert.Throws<InsufficientMemoryException>(() => arena.Allocate(long.MaxValue / 16));
        Assert.Equal((0L, 0L, 0L), (arena.LiveElements, arena.LiveViews, arena.PeakElements));
    }

    [Fact]
    public void DisposalGivesEverythingBack()
    {
        var arena = new TensorArena(_backend);
        arena.Allocate(100_000);
        arena.Allocate(100_000);
        arena.Dispose();
        Assert.Equal((0L, 0L, 0L), (_backend.Transfers.LiveBuffers, _backend.Transfers.LiveBytes, arena.LiveElements));
    }

    [Fact]
    public void AViewIsSlicedInsideItselfOnly()
    {
        BufferView view = _backend.Allocate(10, ElementType.Real).View.Slice(2, 6);
        Assert.Equal((5L, 2L), (view.Slice(3, 2).Offset, view.Slice(3, 2).Length));
        Assert.Equal(7, view.Element(5).Offset);
        Assert.StartsWith("slice: [5, 7) does not lie inside a view of 6 elements", Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(5, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Element(-1));
        Assert.True(default(BufferView).IsEmpty);
    }
}
