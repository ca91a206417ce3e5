namespace MiniGrad.Tests.Memory;

public class ShapeTests
{
    [Fact]
    public void SizesCountsAndRows()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal((3, 24L, 4, 6), (shape.Rank, shape.Count, shape.Columns, shape.Rows));
        Assert.Equal((2, 4, 3), (shape[0], shape[-1], shape[-2]));
        Assert.Equal("(2,3,4)", shape.ToString());
        Assert.Equal([2, 3, 4], Sizes(shape));
        Assert.Equal([2, 7, 4], Sizes(shape.With(-2, 7)));
    }

    [Fact]
    public void TheDefaultIsTheScalar()
    {
        foreach (Shape scalar in new Shape[] { default, new Shape(), [] })
        {
            Assert.Equal((0, 1L, 1, 1), (scalar.Rank, scalar.Count, scalar.Columns, scalar.Rows));
            Assert.Equal("()", scalar.ToString());
        }
        Assert.Equal(default, Shape.Create([]));
    }

    [Fact]
    public void AnEmptyDimensionEmptiesTheShape()
    {
        Assert.Equal((0L, 0), (new Shape(3, 0).Count, new Shape(3, 0).Rows));
        Assert.Equal((0L, 0), (new Shape(0, 3).Count, new Shape(0, 3).Rows));
    }

    [Fact]
    public void EqualityIsBySizes()
    {
        Shape a = [2, 3], b = [2, 3], wider = [2, 3, 1], other = [3, 2];
        Assert.True(a == b && a.Equals((object)b) && a.GetHashCode() == b.GetHashCode());
        Assert.True(a != wider && a != other && !a.Equals("(2,3)"));
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Assert.StartsWith("shape: 6 dimensions; at most 5 are supported", Assert.Throws<ArgumentException>(() => new Shape(1, 2, 3, 4, 5, 6)).Message);
        Assert.StartsWith("shape: size -2 of dimension 1 is negative", Assert.Throws<ArgumentException>(() => new Shape(1, -2)).Message);
        Assert.StartsWith("shape (2,3) has no dimension 2", Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[2]).Message);
        Assert.StartsWith("shape (2,3) has no dimension -3", Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[-3]).Message);
        Assert.StartsWith("shape (2,3) has no dimension 2", Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3).With(2, 1)).Message);
        Assert.Throws<OverflowException>(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue));
    }

    private static List<int> Sizes(Shape shape)
    {
        var sizes = new List<int>();
        foreach (int size in shape) sizes.Add(size);
        return sizes;
    }
}
