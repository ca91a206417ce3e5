using MiniGrad.Experiments.Running;
using MiniGrad.Memory;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// Weights, optimizer state and counters of a session, put back when this is disposed: what a probe trains in between leaves
/// no trace. The copies lie on the back end, so this takes as much memory again.
/// </summary>
internal sealed class KeptState : IDisposable
{
    private readonly TrainingSession _session;
    private readonly List<(BufferView Original, DeviceBuffer Copy)> _kept = [];
    private readonly HashSet<string> _states;
    private readonly (long Matrices, long Iterations, long Steps) _counters;

    public KeptState(TrainingSession session)
    {
        (_session, ComputeCounters counters) = (session, session.Context.Counters);
        _counters = (counters.MatricesOrthogonalized, counters.NewtonSchulzIterations, counters.OptimizerSteps);
        _states = [.. session.Optimizer.State.Select(state => state.Name)];
        foreach (BufferView view in session.Model.Parameters.Select(p => p.Data).Concat(session.Optimizer.State.Select(s => s.Data)))
        {
            DeviceBuffer copy = session.Context.Backend.Allocate(view.Length, view.Buffer.ElementType);
            session.Context.Backend.Copy(view, new BufferView(copy, 0, view.Length));
            _kept.Add((view, copy));
        }
    }

    public void Dispose()
    {
        foreach ((BufferView original, DeviceBuffer copy) in _kept)
        {
            _session.Context.Backend.Copy(new BufferView(copy, 0, original.Length), original);
            copy.Dispose();
        }

        // State that was not there yet began at zero.
        foreach (BufferView made in _session.Optimizer.State.Where(state => !_states.Contains(state.Name)).Select(state => state.Data))
        {
            if (made.Buffer.ElementType == ElementType.Real) _session.Context.Backend.Fill(made, 0);
            else _session.Context.Backend.Upload(made, new int[made.Length]);
        }

        ComputeCounters counters = _session.Context.Counters;
        (counters.MatricesOrthogonalized, counters.NewtonSchulzIterations, counters.OptimizerSteps) = _counters;
        _session.Optimizer.ZeroGradients();
    }
}
