using MiniGrad.Distributed;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Distributed;

public sealed class WorkSharesTests
{
    [Fact]
    public void Work_is_balanced_by_cost_not_by_count() =>
        Assert.Equal([0, 1, 1, 1, 1], WorkShares.Balance([8, 2, 2, 2, 2], 2));

    [Fact]
    public void Ties_are_dealt_the_same_way_everywhere() =>
        Assert.Equal([0, 1, 2, 0, 1, 2], WorkShares.Balance([1, 1, 1, 1, 1, 1], 3));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_longest_share_is_within_the_rules_bound(int ranks)
    {
        var random = new CounterRandom(9, (ulong)ranks);
        double[] costs = [.. Enumerable.Range(0, 40).Select(i => 1.0 + random.Below(1000, (ulong)i))];
        int[] owners = WorkShares.Balance(costs, ranks);
        Assert.All(owners, o => Assert.InRange(o, 0, ranks - 1));
        double longest = Enumerable.Range(0, ranks).Max(r => costs.Where((_, i) => owners[i] == r).Sum());
        double atLeast = Math.Max(costs.Max(), costs.Sum() / ranks);
        // Against the best possible share the bound is 4/3; against this lower bound of it, list scheduling's 2 − 1/N.
        Assert.InRange(longest, atLeast - 1e-9, (2 - 1.0 / ranks) * atLeast + 1e-9);
        if (ranks == 1) Assert.Equal(costs.Sum(), longest, 1e-9);
    }

    [Fact]
    public void Impossible_work_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkShares.Balance([1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkShares.Balance([double.NaN], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkShares.Balance([-1], 1));
        Assert.Empty(WorkShares.Balance([], 3));
    }
}
