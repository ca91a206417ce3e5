using MiniGrad.Distributed;

namespace MiniGrad.Tests.Distributed;

/// <summary>The contract of a communicator, on ranks that are threads. <c>MpirunTests</c> runs the same calls over MPI.</summary>
public sealed class CommunicatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void All_reduce_sums_in_the_order_of_the_ranks(int size)
    {
        float[][] values = [.. Enumerable.Range(0, size).Select(r => Values(r, 1001))];
        float[] expected = (float[])values[0].Clone();
        for (int r = 1; r < size; r++) for (int i = 0; i < expected.Length; i++) expected[i] += values[r][i];
        ThreadRanks.Run(size, ranks => ranks.AllReduce(values[ranks.Rank]));
        Assert.All(values, v => Assert.Equal(expected, v));
    }

    [Fact]
    public void More_than_a_segment_is_reduced_piece_by_piece()
    {
        double[][] values = [.. Enumerable.Range(0, 3).Select(r => Enumerable.Range(0, 1_300_001).Select(i => (double)(i * (r + 1))).ToArray())];
        ThreadRanks.Run(3, ranks => ranks.AllReduce(values[ranks.Rank]));
        Assert.All(values, v => Assert.Equal((0.0, 6.0, 6.0 * 1_300_000), (v[0], v[1], v[1_300_000])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fewer_values_than_ranks_are_reduced(int count)
    {
        float[][] values = [.. Enumerable.Range(0, 4).Select(r => Enumerable.Repeat(r + 1f, count).ToArray())];
        ThreadRanks.Run(4, ranks => ranks.AllReduce(values[ranks.Rank]));
        Assert.All(values, v => Assert.All(v, x => Assert.Equal(10, x)));
    }

    [Fact]
    public void Pieces_go_where_they_belong()
    {
        byte[][] received = [new byte[6], new byte[6], new byte[6]];
        ThreadRanks.Run(3, ranks => ranks.AllToAll([.. Enumerable.Range(0, 6).Select(i => (byte)(10 * ranks.Rank + i))], received[ranks.Rank]));
        Assert.Equal([[0, 1, 10, 11, 20, 21], [2, 3, 12, 13, 22, 23], [4, 5, 14, 15, 24, 25]], received);
    }

    [Fact]
    public void Parts_of_different_sizes_are_gathered_and_broadcasts_come_from_their_root()
    {
        int[] counts = [2, 0, 3];
        ThreadRanks.Run(3, ranks =>
        {
            byte[] parts = new byte[5];
            if (ranks.Rank == 0) (parts[0], parts[1]) = (1, 2);
            if (ranks.Rank == 2) (parts[2], parts[3], parts[4]) = (3, 4, 5);
            ranks.AllGather(parts, counts);
            Assert.Equal([1, 2, 3, 4, 5], parts);
            byte[] word = ranks.Rank == 2 ? [7, 8] : [0, 0];
            ranks.Broadcast(word, 2);
            Assert.Equal([7, 8], word);
            for (int i = 0; i < 100; i++) ranks.Barrier();
        });
    }

    [Fact]
    public void A_steady_state_allocates_nothing()
    {
        long[] allocated = new long[2];
        ThreadRanks.Run(2, ranks =>
        {
            float[] values = new float[5000];
            for (int i = 0; i < 3; i++) ranks.AllReduce(values);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++) ranks.AllReduce(values);
            allocated[ranks.Rank] = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal([0L, 0L], allocated);
    }

    [Fact]
    public void A_rank_that_fails_ends_the_others_and_its_own_exception_is_thrown()
    {
        bool[] ended = new bool[3];
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => ThreadRanks.Run(3, ranks =>
        {
            if (ranks.Rank == 1) throw new InvalidDataException("the disk is full");
            ended[ranks.Rank] = Assert.Throws<CommunicatorException>(ranks.Barrier).Message.Contains("rank 1 ended the job: the disk is full", StringComparison.Ordinal);
        }));
        Assert.Equal("the disk is full", e.Message);
        Assert.Equal([true, false, true], ended);
    }

    [Fact]
    public void An_abort_ends_everybody()
    {
        CommunicatorException e = Assert.Throws<CommunicatorException>(() => ThreadRanks.Run(2, ranks =>
        {
            if (ranks.Rank == 0) ranks.Abort(5, "no space");
            ranks.Barrier();
        }));
        Assert.Contains("exit code 5: no space", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_that_leaves_early_is_not_waited_for()
    {
        CommunicatorException e = Assert.Throws<CommunicatorException>(() => ThreadRanks.Run(3, ranks =>
        {
            if (ranks.Rank < 2) ranks.Barrier();
        }));
        Assert.Contains("rank 2 has ended", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_that_make_different_calls_are_told_so()
    {
        CommunicatorException e = Assert.Throws<CommunicatorException>(() => ThreadRanks.Run(2, ranks =>
        {
            if (ranks.Rank == 0) ranks.Broadcast(new byte[3], 0);
            else ranks.Broadcast(new byte[4], 0);
        }));
        Assert.Contains("Broadcast of 3 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("Broadcast of 4 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_sent_is_refused()
    {
        ThreadRanks.Run(2, ranks =>
        {
            Assert.Throws<ArgumentException>(() => ranks.AllToAll(new byte[3], new byte[3]));
            Assert.Throws<ArgumentException>(() => ranks.AllToAll(new byte[4], new byte[2]));
            Assert.Throws<ArgumentException>(() => ranks.AllGather(new byte[4], [1, 2]));
            Assert.Throws<ArgumentException>(() => ranks.AllGather(new byte[4], [4]));
            Assert.Throws<ArgumentOutOfRangeException>(() => ranks.Broadcast(new byte[4], 2));
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => ThreadRanks.Run(0, _ => { }));
    }

    private static float[] Values(int rank, int count)
    {
        var random = new MiniGrad.Randomness.CounterRandom(3, (ulong)rank);
        return [.. Enumerable.Range(0, count).Select(i => (random.Below(2000, (ulong)i) - 1000) * MathF.Pow(10, rank % 3))];
    }
}
