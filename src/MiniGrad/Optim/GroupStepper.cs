using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>Takes the steps of a group: its parameters with their state, and who works them in which order.</summary>
internal sealed class GroupStepper
{
    private readonly Stage[] _stages;
    private readonly ParameterSlot[] _slots;
    private readonly BufferView[] _before;
    private readonly MatrixPipeline _pipeline;
    private readonly LaneScheduler _lanes;
    private readonly BatchScheduler? _batches;
    private readonly IStepHook? _hook;
    private readonly ulong _seed;
    private StepTrace? _trace;

    public GroupStepper(ComputeContext context, ParameterGroup group, int firstIndex, ulong seed)
    {
        (Group, _hook, _seed) = (group, group.Hook, seed);
        _stages = [.. group.Stages];
        (_slots, _before) = (new ParameterSlot[group.Routed.Count], new BufferView[group.Routed.Count]);
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new ParameterSlot(context, group, group.Routed[i], firstIndex + i);
            _hook?.Check(group.Routed[i].Parameter);
        }
        _pipeline = new MatrixPipeline(_stages, _hook);
        _lanes = new LaneScheduler(_slots, StepSlot);
        if (context.Backend.PrefersBatchedOrthogonalization) _batches = new BatchScheduler(_slots, _pipeline);
    }

    public ParameterGroup Group { get; }

    public IEnumerable<StateTensor> State => _slots.SelectMany(slot => slot.State);

    public IEnumerable<string> StateNames => _slots.SelectMany(slot => slot.StateNames(_stages, _hook));

    public ReadOnlySpan<ParameterSlot> Slots => _slots;

    /// <summary>Elements of the state once all of it is made.</summary>
    public long StateCount => _slots.Sum(slot => _stages.SelectMany(stage => stage.State(slot.Parameter.Shape)).Sum(schema => schema.Shape.Count));

    public void Step(StageContext context, double scheduleFactor, BufferView clipFactor, OptimizerDiagnostics? diagnostics, IParameterShare? share)
    {
        foreach (ParameterSlot slot in _slots)
        {
            slot.Steps = slot.Parameter.HasGradient && share?.Owns(slot.Parameter) != false;
            if (slot.Steps) slot.RequireState(context, _stages, _hook, _seed);
        }
        _trace = context.Trace = context.Compute.Trace;
        var step = new GroupStep(Group.LearningRate * scheduleFactor, clipFactor, diagnostics);
        if (_batches is null) _lanes.Step(context, _slots, step);
        else StepInBatches(context, _batches, step);
    }

    private void StepSlot(StageContext context, ParameterSlot slot, in GroupStep step)
    {
        context.Trace = _trace; // a lane has a context of its own
        OptimizerDiagnostics? diagnostics = step.Diagnostics;
        BufferView before = BeforeStep(context, slot, diagnostics);
        for (int i = 0; i < slot.Matrices.Length; i++)
        {
            ObservedMatrix observed = diagnostics is null ? default : slot.Observe(context.Compute, i, diagnostics);
            context.Begin(slot.Matrices[i], step.LearningRate, step.ClipFactor, observed);
            _pipeline.Step(context, slot.Matrices[i]);
            context.End();
        }
        AfterStep(context, slot, diagnostics, before);
    }

    // The matrices of a parameter may be in several batches, so what is looked at for each parameter is looked at around all of them.
    private void StepInBatches(StageContext context, BatchScheduler batches, in GroupStep step)
    {
        for (int i = 0; i < _slots.Length; i++) _before[i] = _slots[i].Steps ? BeforeStep(context, _slots[i], step.Diagnostics) : default;
        batches.Step(context, step);
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Steps) AfterStep(context, _slots[i], step.Diagnostics, _before[i]);
        }
    }

    /// <summary>The parameter that a state of this name belongs to, or null.</summary>
    public Parameter? ParameterOf(string name) => _slots.FirstOrDefault(slot => slot.StateNames(_stages, _hook).Contains(name))?.Parameter;

    public StateTensor? RequireState(StageContext context, string name)
    {
        foreach (ParameterSlot slot in _slots)
        {
            if (!slot.StateNames(_stages, _hook).Contains(name)) continue;
            slot.RequireState(context, _stages, _hook, _seed);
            return slot.State.First(state => state.Name == name);
        }
        return null;
    }

    /// <summary>The weights as they are now, where ⟨G, ΔW⟩ was asked for.</summary>
    private static BufferView BeforeStep(StageContext context, ParameterSlot slot, OptimizerDiagnostics? diagnostics)
    {
        if (diagnostics is null || diagnostics.Observed < Observation.Everything) return default;
        BufferView before = context.Compute.Arena.Allocate(slot.Parameter.Shape.Count);
        context.Backend.Copy(slot.Parameter.Data, before);
        return before;
    }

    private static void AfterStep(StageContext context, ParameterSlot slot, OptimizerDiagnostics? diagnostics, BufferView before)
    {
        if (diagnostics is null) return;
        slot.Gather(context.Backend, diagnostics);
        if (before.IsEmpty) return;
        context.Backend.Axpby(1, default, slot.Parameter.Data, -1, before, before, default);
        context.Backend.Dot(slot.Parameter.GradientData, before, diagnostics.GradientDotUpdates.Element(slot.Index));
        context.Compute.Arena.Release(before);
    }
}
