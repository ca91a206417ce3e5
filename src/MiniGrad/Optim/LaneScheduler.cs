using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>What one step of a group is done with.</summary>
/// <param name="LearningRate">η of the step.</param>
/// <param name="ClipFactor">The clip factor, or empty for 1.</param>
/// <param name="Diagnostics">Where observations go, or null.</param>
internal readonly record struct GroupStep(double LearningRate, BufferView ClipFactor, OptimizerDiagnostics? Diagnostics);

/// <summary>The whole pipeline of one parameter.</summary>
internal delegate void SlotStep(StageContext context, ParameterSlot slot, in GroupStep step);

/// <summary>
/// Gives the parameters of a group to the lanes of the back end, the most expensive first, so that each matrix is worked
/// by one core with its own workspace; with few parameters or a single lane, all threads work on one after the other.
/// Parameters do not depend on each other, and kernels not on the number of threads, so that nothing changes a bit.
/// </summary>
internal sealed class LaneScheduler : ILaneWork
{
    private readonly SlotStep _stepSlot;
    private readonly ParameterSlot[] _largestFirst;
    private readonly ParameterSlot[] _active;
    private StageContext? _context;
    private GroupStep _step;

    public LaneScheduler(ParameterSlot[] slots, SlotStep stepSlot)
    {
        _stepSlot = stepSlot;
        _largestFirst = [.. slots.OrderByDescending(Cost)];
        _active = new ParameterSlot[slots.Length];
    }

    /// <summary>Takes a step with every parameter that has a gradient, and its state.</summary>
    public void Step(StageContext context, ParameterSlot[] slots, in GroupStep step)
    {
        int count = 0;
        double total = 0;
        foreach (ParameterSlot slot in _largestFirst)
        {
            if (!slot.Steps) continue;
            _active[count++] = slot;
            total += Cost(slot);
        }
        if (count > 0 && context.Compute.LanesPay(Cost(_active[0]), total))
        {
            (_context, _step) = (context, step);
            context.RequireLanes();
            context.Compute.ForEach(count, this);
            return;
        }
        foreach (ParameterSlot slot in slots)
        {
            if (slot.Steps) _stepSlot(context, slot, step);
        }
    }

    /// <inheritdoc/>
    public void Run(int item, int lane)
    {
        _stepSlot(_context!.Lane(lane), _active[item], _step);
        _context.Compute.EndItem(lane);
    }

    // Operations of Newton–Schulz for each matrix, passes over memory for anything else.
    private static double Cost(ParameterSlot slot)
    {
        if (!slot.Orthogonalizes) return slot.Parameter.Shape.Count;
        double cost = 0;
        foreach (MatrixSlot matrix in slot.Matrices)
        {
            double m = Math.Min(matrix.Piece.Rows, matrix.Piece.Columns), n = Math.Max(matrix.Piece.Rows, matrix.Piece.Columns);
            cost += m * m * ((3 * n) + (17 * m));
        }
        return cost;
    }
}
