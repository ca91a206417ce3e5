namespace MiniGrad.Distributed;

/// <summary>Deals pieces of work to ranks.</summary>
public static class WorkShares
{
    /// <summary>
    /// Balances by cost, not by count: the longest piece first, each to the rank that has the least so far (Graham's LPT
    /// rule, at most 4/3 − 1/(3N) of the best possible longest share). Ties go to the lower index and the lower rank, so
    /// every rank deals the same way without asking.
    /// </summary>
    /// <param name="costs">What each piece costs, in any unit; none is negative.</param>
    /// <param name="ranks">The number of ranks.</param>
    /// <returns>The rank of each piece.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no rank, or a cost is negative or not a number.</exception>
    public static int[] Balance(ReadOnlySpan<double> costs, int ranks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ranks);
        int[] order = new int[costs.Length];
        double[] keys = new double[costs.Length];
        for (int i = 0; i < costs.Length; i++)
        {
            if (!(costs[i] >= 0)) throw new ArgumentOutOfRangeException(nameof(costs), $"cost {i} is {costs[i]}; expected a number ≥ 0");
            (order[i], keys[i]) = (i, costs[i]);
        }
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[b].CompareTo(keys[a]) : a.CompareTo(b));
        int[] owners = new int[costs.Length];
        double[] loads = new double[ranks];
        foreach (int piece in order)
        {
            int least = 0;
            for (int rank = 1; rank < ranks; rank++) if (loads[rank] < loads[least]) least = rank;
            owners[piece] = least;
            loads[least] += costs[piece];
        }
        return owners;
    }
}
