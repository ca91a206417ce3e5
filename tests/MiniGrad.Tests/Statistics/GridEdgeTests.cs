using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Tests.Statistics;

public sealed class GridEdgeTests
{
    private static readonly double[] Rates = [6e-4, 1e-3, 3e-3, 6e-3, 1e-2];

    [Fact]
    public void A_best_rate_inside_is_no_edge_and_neither_is_one_whose_neighbour_diverged()
    {
        Assert.Null(Of(1.9, 1.8, 1.7, 1.75, 1.8));
        Assert.Null(Of(1.9, 1.8, 1.7, 1.6, double.NaN));
        Assert.Null(Of(double.PositiveInfinity, 1.8, 1.9, 2, 2.1));
    }

    [Fact]
    public void The_warning_names_variant_rate_and_direction()
    {
        GridEdge high = Of(1.9, 1.8, 1.7, 1.6, 1.5)!, low = Of(1.5, 1.6, 1.7, 1.8, double.NaN)!;
        Assert.True(high.IsHighest);
        Assert.Equal("adamuon: the best learning rate, 0.01, is the highest of its grid; a better one may lie above: extend the grid to 0.017", high.Warning);
        Assert.False(low.IsHighest);
        Assert.Equal("adamuon: the best learning rate, 0.0006, is the lowest of its grid; a better one may lie below: extend the grid to 0.00036", low.Warning);
    }

    [Fact]
    public void The_order_of_the_grid_does_not_matter_and_a_tie_goes_to_the_lower_rate()
    {
        Assert.Equal(new GridEdge("x", 1e-2, 2e-2), GridEdge.Of("x", [(1e-2, 1), (2.5e-3, 3), (5e-3, 2)]));
        Assert.Equal(new GridEdge("x", 1e-3, 5e-4), GridEdge.Of("x", [(2e-3, 1), (1e-3, 1)]));
        Assert.Null(GridEdge.Of("x", [(1e-3, 2), (2e-3, 1), (4e-3, 1)]));
    }

    [Fact]
    public void Rates_close_together_are_extended_by_as_many_digits_as_that_takes() =>
        Assert.Equal(new GridEdge("x", 1.004e-3, 1.01e-3), GridEdge.Of("x", [(1e-3, 2), (1.004e-3, 1)]));

    [Fact]
    public void Without_a_grid_or_a_run_that_ended_there_is_no_edge_and_bad_rates_are_refused()
    {
        Assert.Null(GridEdge.Of("x", []));
        Assert.Null(GridEdge.Of("x", [(1e-3, 1.5)]));
        Assert.Null(GridEdge.Of("x", [(1e-3, double.NaN), (2e-3, double.PositiveInfinity)]));
        Assert.Throws<ArgumentException>(() => GridEdge.Of("x", [(1e-3, 1), (1e-3, 2)]));
        Assert.Throws<ArgumentException>(() => GridEdge.Of("x", [(-1e-3, 1), (1e-3, 2)]));
        Assert.Throws<ArgumentException>(() => GridEdge.Of("x", [(double.NaN, 1), (1e-3, 2)]));
    }

    private static GridEdge? Of(params double[] losses) => GridEdge.Of("adamuon", Rates.Zip(losses));
}
