using MiniGrad.Memory;

namespace MiniGrad.Tests.Memory;

public class BroadcastLayoutTests
{
    [Fact]
    public void DimensionsAreAlignedAtTheLastOne()
    {
        BroadcastLayout layout = BroadcastLayout.For([4, 1, 3], [2, 1])!.Value;
        Assert.Equal(new Shape(4, 2, 3), layout.Shape);
        Assert.Equal([3, 0, 1], Strides(layout.A, 3));
        Assert.Equal([0, 1, 0], Strides(layout.B, 3));
        Assert.False(layout.AIsWhole);
        Assert.False(layout.BIsWhole);
    }

    [Fact]
    public void AnOperandWithAllElementsIsWhole()
    {
        BroadcastLayout layout = BroadcastLayout.For([1, 2, 3], [3])!.Value;
        Assert.True(layout.AIsWhole);
        Assert.False(layout.BIsWhole);
        BroadcastLayout equal = BroadcastLayout.For([3], [1, 1, 3])!.Value;
        Assert.True(equal.AIsWhole && equal.BIsWhole);
        Assert.Equal(new Shape(1, 1, 3), equal.Shape);
        BroadcastLayout scalars = BroadcastLayout.For([], [])!.Value;
        Assert.True(scalars.AIsWhole && scalars.BIsWhole && scalars.Shape.Rank == 0);
    }

    [Fact]
    public void OtherSizesDoNotBroadcast()
    {
        Assert.Null(BroadcastLayout.For([2, 3], [2]));
        Assert.Null(BroadcastLayout.For([2, 3], [3, 3]));
        Assert.Null(BroadcastLayout.For([2], [0]));
        Assert.Equal(new Shape(0, 3), BroadcastLayout.For([0, 3], [1, 3])!.Value.Shape);
    }

    private static List<long> Strides(BroadcastLayout.Strides strides, int rank)
    {
        var list = new List<long>();
        for (int d = 0; d < rank; d++) list.Add(strides[d]);
        return list;
    }
}
