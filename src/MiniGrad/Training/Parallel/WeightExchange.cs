using MiniGrad.Distributed;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>Gathers updated weights: every rank gives those that it owns and receives all others, in rounds of equal pieces.</summary>
internal sealed class WeightExchange
{
    private readonly ICommunicator _ranks;
    private readonly Parameter[][] _owned;
    private readonly long[] _totals;
    private readonly ReductionBuffer _pieces;
    private readonly int[] _counts;
    private readonly int _realSize;
    private readonly int _piece;

    /// <summary>An exchange.</summary>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="parameters">All parameters, in the same order on every rank.</param>
    /// <param name="owners">The rank that owns each.</param>
    /// <param name="bucket">Elements that are gathered at once, all ranks together.</param>
    public WeightExchange(ComputeContext context, ICommunicator ranks, IReadOnlyList<Parameter> parameters, int[] owners, int bucket)
    {
        (_ranks, _realSize) = (ranks, context.Backend.RealSize);
        _owned = [.. Enumerable.Range(0, ranks.Size).Select(rank => parameters.Where((_, i) => owners[i] == rank).ToArray())];
        _totals = [.. _owned.Select(share => share.Sum(p => p.Shape.Count))];
        _piece = (int)Math.Min(Math.Max(1, bucket / ranks.Size), Math.Max(1, _totals.Max()));
        _pieces = new ReductionBuffer(context.Backend, ranks.Size * _piece);
        _counts = new int[ranks.Size];
    }

    /// <summary>Gathers the weights of all ranks.</summary>
    public void Run()
    {
        long longest = 0;
        foreach (long total in _totals) longest = Math.Max(longest, total);
        for (long first = 0; first < longest; first += _piece)
        {
            int elements = 0, mine = 0;
            for (int rank = 0; rank < _counts.Length; rank++)
            {
                if (rank == _ranks.Rank) mine = elements;
                int count = (int)Math.Clamp(_totals[rank] - first, 0, _piece);
                _counts[rank] = count * _realSize;
                elements += count;
            }
            Pass(_ranks.Rank, first, mine, load: true);
            _pieces.Gather(_ranks, elements, _counts);
            int at = 0;
            for (int rank = 0; rank < _counts.Length; rank++)
            {
                if (rank != _ranks.Rank) Pass(rank, first, at, load: false);
                at += _counts[rank] / _realSize;
            }
        }
    }

    /// <summary>Copies elements from <paramref name="first"/> on of a rank's weights, as if they lay one after the other, to or from the pieces.</summary>
    private void Pass(int rank, long first, int at, bool load)
    {
        long begin = 0, end = Math.Min(first + _piece, _totals[rank]);
        foreach (Parameter parameter in _owned[rank])
        {
            long from = Math.Max(first, begin), to = Math.Min(end, begin + parameter.Shape.Count);
            if (from < to)
            {
                BufferView part = parameter.Data.Slice(from - begin, to - from);
                int place = at + (int)(from - first);
                if (load) _pieces.Load(part, place);
                else _pieces.Store(place, part);
            }
            begin += parameter.Shape.Count;
        }
    }
}
