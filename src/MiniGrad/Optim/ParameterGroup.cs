using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>Parameters that take the same pipeline and the same learning rate.</summary>
public sealed class ParameterGroup
{
    private readonly Stage[] _stages;
    private readonly ParameterSlot[] _slots;
    private readonly BufferView[] _before;
    private readonly MatrixPipeline _pipeline;
    private readonly LaneScheduler _lanes;
    private readonly BatchScheduler? _batches;
    private readonly ulong _seed;

    internal ParameterGroup(ComputeContext context, string name, OptimizerOptions options, IReadOnlyList<RoutedParameter> parameters, int firstIndex, ulong seed)
    {
        (Name, Options, Hook, _seed) = (name, options, options.StepHook, seed);
        _stages = [.. options.Compile()];
        LearningRate = options.LearningRate ?? throw new ArgumentException($"the {name} group has no learningRate; set it in the options");
        (_slots, _before) = (new ParameterSlot[parameters.Count], new BufferView[parameters.Count]);
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new ParameterSlot(context, parameters[i], firstIndex + i, options);
            Hook?.Check(parameters[i].Parameter);
        }
        _pipeline = new MatrixPipeline(_stages, Hook);
        _lanes = new LaneScheduler(_slots, StepSlot);
        if (context.Backend.PrefersBatchedOrthogonalization && _pipeline.Orthogonalizer is not null) _batches = new BatchScheduler(_slots, _pipeline);
    }

    /// <summary><c>orthogonalized</c> or <c>auxiliary</c>.</summary>
    public string Name { get; }

    /// <summary>The group's hyper-parameters.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>What is done around every step of a matrix, or null.</summary>
    public IStepHook? Hook { get; }

    /// <summary>The base learning rate, which the schedule scales.</summary>
    public double LearningRate { get; }

    /// <summary>The pipeline.</summary>
    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters => _slots.Select(slot => slot.Parameter);

    /// <summary>Number of matrices that the parameters are made of.</summary>
    public int MatrixCount => _slots.Sum(slot => slot.Matrices.Length);

    internal IEnumerable<StateTensor> State => _slots.SelectMany(slot => slot.State);

    internal IEnumerable<string> StateNames => _slots.SelectMany(slot => slot.StateNames(_stages, Hook));

    internal ReadOnlySpan<ParameterSlot> Slots => _slots;

    /// <summary>Elements of the state once all of it is made.</summary>
    internal long StateCount => _slots.Sum(slot => _stages.SelectMany(stage => stage.State(slot.Parameter.Shape)).Sum(schema => schema.Shape.Count));

    internal void Step(StageContext context, double scheduleFactor, BufferView clipFactor, OptimizerDiagnostics? diagnostics, IParameterShare? share)
    {
        foreach (ParameterSlot slot in _slots)
        {
            slot.Steps = slot.Parameter.HasGradient && share?.Owns(slot.Parameter) != false;
            if (slot.Steps) slot.RequireState(context, _stages, Hook, _seed);
        }
        var step = new GroupStep(LearningRate * scheduleFactor, clipFactor, diagnostics);
        if (_batches is null) _lanes.Step(context, _slots, step);
        else StepInBatches(context, _batches, step);
    }

    private void StepSlot(StageContext context, ParameterSlot slot, in GroupStep step)
    {
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
    internal Parameter? ParameterOf(string name) => _slots.FirstOrDefault(slot => slot.StateNames(_stages, Hook).Contains(name))?.Parameter;

    internal StateTensor? RequireState(StageContext context, string name)
    {
        foreach (ParameterSlot slot in _slots)
        {
            if (!slot.StateNames(_stages, Hook).Contains(name)) continue;
            slot.RequireState(context, _stages, Hook, _seed);
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
        context.Backend.Dot(slot.Parameter.Gradient, before, diagnostics.GradientDotUpdates.Element(slot.Index));
        context.Compute.Arena.Release(before);
    }
}
