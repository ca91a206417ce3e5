using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    [Fact]
    public void MaxAxisFindsTheFirstOfTheLargestAndNaNBeforeAll()
    {
        BufferView x = Of(1, 7, 3, 7, 3, 2, -1, -4, -1, -5, -6, -1), y = Backend.Room(4), chosen = Backend.Room(12), places = Backend.Ids(9, 9, 9, 9);
        Backend.MaxAxis(2, 3, 2, x, y, chosen, places); // of 2×3×2 along the middle
        Holds(y, 3, 7, -1, -1);
        Holds(chosen, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1);
        Assert.Equal([1, 0, 0, 2], Read(places));
        BufferView one = Backend.Room(1);
        Backend.MaxAxis(1, 4, 1, Of(5, double.NaN, double.PositiveInfinity, double.NaN), one, default, places.Slice(1, 1));
        Assert.True(double.IsNaN(Backend.Read(one)[0]));
        Assert.Equal([1, 1, 0, 2], Read(places));
        Backend.MaxAxis(1, 2, 1, Of(double.NegativeInfinity, double.NegativeInfinity), one, default, default);
        Holds(one, double.NegativeInfinity);
    }

    [Fact]
    public void PlacesThatAKernelFoundAreIdsForTheNext()
    {
        BufferView ids = Backend.Ids(9, 0), y = Backend.Room(4);
        Backend.MaxAxis(2, 3, 1, Of(1, 2, 0, 5, 4, 3), default, default, ids);
        Backend.Gather(2, 2, Of(10, 11, 20, 21, 30, 31), ids, y);
        Holds(y, 20, 21, 10, 11);
    }

    [Fact]
    public void CompareBroadcastsAndNothingHoldsForNaN()
    {
        BroadcastLayout outer = BroadcastLayout.For([2, 1], [3])!.Value;
        BufferView a = Of(2, double.NaN), b = Of(1, 2, 3), y = Backend.Room(6);
        Backend.Compare(Comparison.Greater, outer, a, b, y);
        Holds(y, 1, 0, 0, 0, 0, 0);
        Backend.Compare(Comparison.GreaterOrEqual, outer, a, b, y);
        Holds(y, 1, 1, 0, 0, 0, 0);
        Backend.Compare(Comparison.Equal, outer, a, b, y);
        Holds(y, 0, 1, 0, 0, 0, 0);
    }

    [Fact]
    public void SelectTakesOneOrTheOtherAndZerosForWhatIsMissing()
    {
        BufferView condition = Of(1, 0, -2, double.NaN), a = Of(1, 2, 3, 4), b = Of(double.NaN, 20, 30, 40), y = Backend.Room(4);
        Backend.Select(condition, a, b, y);
        Holds(y, 1, 20, 3, 4);
        Backend.Select(condition, default, b, y);
        Holds(y, 0, 20, 0, 0);
        Backend.Select(condition, a, default, a);
        Holds(a, 1, 0, 3, 4);
    }

    [Fact]
    public void CopyRowsKeepsToItsBlock()
    {
        BufferView x = Of(1, 2, 3, 4, 5, 6), y = Of(9, 9, 9, 9, 9, 9, 9, 9);
        Backend.CopyRows(2, 2, x.Slice(1, 5), 3, y.Slice(2, 6), 4, accumulate: false);
        Holds(y, 9, 9, 2, 3, 9, 9, 5, 6);
        Backend.CopyRows(2, 1, x, 3, y.Slice(2, 6), 4, accumulate: true);
        Holds(y, 9, 9, 3, 3, 9, 9, 9, 6);
    }

    private int[] Read(BufferView ids)
    {
        var values = new int[ids.Length];
        Backend.Download(ids, values);
        return values;
    }
}
