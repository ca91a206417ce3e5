using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>Parameters that take the same pipeline and the same learning rate.</summary>
public sealed class ParameterGroup
{
    private readonly Stage[] _stages;
    private readonly ParameterSlot[] _slots;
    private readonly ulong _seed;

    internal ParameterGroup(string name, OptimizerOptions options, IReadOnlyList<RoutedParameter> parameters, int firstIndex, ulong seed)
    {
        (Name, Options, _seed) = (name, options, seed);
        _stages = [.. options.Compile()];
        LearningRate = options.LearningRate ?? throw new ArgumentException($"the {name} group has no learningRate; set it in the options");
        _slots = new ParameterSlot[parameters.Count];
        for (int i = 0; i < _slots.Length; i++) _slots[i] = new ParameterSlot(parameters[i], firstIndex + i, options.Orthogonalizes);
    }

    /// <summary><c>orthogonalized</c> or <c>auxiliary</c>.</summary>
    public string Name { get; }

    /// <summary>The group's hyper-parameters.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>The base learning rate, which the schedule scales.</summary>
    public double LearningRate { get; }

    /// <summary>The pipeline.</summary>
    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters => _slots.Select(slot => slot.Parameter);

    internal IEnumerable<StateTensor> State => _slots.SelectMany(slot => slot.State);

    internal IEnumerable<string> StateNames => _slots.SelectMany(slot => slot.StateNames(_stages));

    /// <summary>Elements of the state once all of it is made.</summary>
    internal long StateCount => _slots.Sum(slot => _stages.SelectMany(stage => stage.State(slot.Parameter.Shape)).Sum(schema => schema.Shape.Count));

    internal void Step(StageContext context, double scheduleFactor, BufferView clipFactor, OptimizerDiagnostics? diagnostics, IParameterShare? share)
    {
        foreach (ParameterSlot slot in _slots)
        {
            if (!slot.Parameter.HasGradient || share?.Owns(slot.Parameter) == false) continue;
            slot.RequireState(context.Compute, _stages, _seed);
            BufferView norm = diagnostics?.UpdateNorms.Element(slot.Index) ?? default;
            BufferView distance = diagnostics is { Observed: Observation.Everything } ? diagnostics.OrthogonalityDistances.Element(slot.Index) : default;
            context.Begin(slot, LearningRate * scheduleFactor, clipFactor, norm, distance);
            for (int i = 0; i < _stages.Length; i++)
            {
                context.UseState(slot.Load(context, i));
                _stages[i].Apply(context);
                slot.Save(context, i);
            }
            context.End();
        }
    }

    /// <summary>The parameter that a state of this name belongs to, or null.</summary>
    internal Parameter? ParameterOf(string name) => _slots.FirstOrDefault(slot => slot.StateNames(_stages).Contains(name))?.Parameter;

    internal StateTensor? RequireState(ComputeContext context, string name)
    {
        foreach (ParameterSlot slot in _slots)
        {
            if (!slot.StateNames(_stages).Contains(name)) continue;
            slot.RequireState(context, _stages, _seed);
            return slot.State.First(state => state.Name == name);
        }
        return null;
    }
}
