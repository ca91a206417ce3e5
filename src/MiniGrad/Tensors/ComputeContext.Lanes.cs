using MiniGrad.Backends;

namespace MiniGrad;

/// <content>Contexts that work at the same time over the memory of this one.</content>
public sealed partial class ComputeContext
{
    private ComputeContext[]? _lanes;
    private long _laneElements;

    /// <summary>How many items of work <see cref="ForEach"/> does at the same time.</summary>
    public int Lanes => Backend.Lanes;

    /// <summary>The context of a lane, with an arena of its own; this one where the back end has a single lane.</summary>
    /// <param name="index">The lane, below <see cref="Lanes"/>.</param>
    public ComputeContext Lane(int index)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Lanes == 1) return this;
        _lanes ??= [.. Enumerable.Range(0, Lanes).Select(lane => new ComputeContext(Backend.Lane(lane), Arena))];
        return _lanes[index];
    }

    /// <summary>
    /// Does items of work, one at a time on every lane, each through <see cref="Lane"/>. A step is open on the lanes
    /// meanwhile; what they count is added to this context's counters. Results do not depend on the number of lanes.
    /// Lanes work in this context's arena, which has room between the passes of a step. Which lane does which item depends on
    /// the moment, so each gets room for the neediest item once one has met it.
    /// </summary>
    /// <param name="items">Number of items.</param>
    /// <param name="work">What is done for each.</param>
    public void ForEach(int items, ILaneWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Lanes == 1)
        {
            Backend.ForEach(items, work);
            return;
        }
        for (int lane = 0; lane < Lanes; lane++)
        {
            Lane(lane).Arena.Reserve(_laneElements);
            Lane(lane).InStep = true;
        }
        try
        {
            Backend.ForEach(items, work);
        }
        finally
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                ComputeContext context = Lane(lane);
                context.EndStep();
                Counters.Take(context.Counters);
                _laneElements = Math.Max(_laneElements, context.Arena.Clear());
            }
        }
    }

    /// <summary>Ends an item of work: its temporaries on the lane are gone.</summary>
    /// <param name="lane">The lane that did it.</param>
    internal void EndItem(int lane)
    {
        if (Lanes > 1) Lane(lane).Arena.Reset();
    }

    /// <summary>
    /// Whether lanes finish items of such sizes sooner than all threads together finish one after the other: the
    /// largest must not outlast the rest.
    /// </summary>
    /// <param name="largest">Work of the largest item.</param>
    /// <param name="total">Work of all items.</param>
    internal bool LanesPay(double largest, double total) => Lanes > 1 && largest * Lanes <= total;

    private void DisposeLanes()
    {
        foreach (ComputeContext lane in _lanes ?? []) lane.Dispose();
        _lanes = null;
    }
}
