using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>A parameter in a pipeline, with the state that each stage keeps for it. State is made at its first gradient.</summary>
internal sealed class ParameterSlot
{
    private BufferView[][]? _state;

    public ParameterSlot(RoutedParameter routed, int index, bool needsMatrix)
    {
        (Parameter, Decays, Index) = (routed.Parameter, routed.Decays, index);
        Shape shape = Parameter.Shape;
        if (needsMatrix && shape.Rank < 2) throw new ArgumentException($"parameter '{Parameter.Name}' has shape {shape}; only a matrix can be orthogonalized, so route it to the auxiliary optimizer");
        Rows = shape.Rank >= 2 ? shape[0] : 1;
        Columns = checked((int)(shape.Count / Math.Max(1, Rows)));
    }

    public Parameter Parameter { get; }

    public bool Decays { get; }

    public int Index { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The state made so far, as checkpoints see it.</summary>
    public IReadOnlyList<StateTensor> State { get; private set; } = [];

    public BufferView[] StateOf(int stage) => _state![stage];

    /// <summary>Makes the state if it is not there yet.</summary>
    public void RequireState(ComputeContext context, Stage[] stages)
    {
        if (_state is not null) return;
        var named = new List<StateTensor>();
        var state = new BufferView[stages.Length][];
        for (int i = 0; i < stages.Length; i++)
        {
            IReadOnlyList<StateSchema> schema = stages[i].State(Parameter.Shape);
            state[i] = new BufferView[schema.Count];
            for (int j = 0; j < schema.Count; j++)
            {
                state[i][j] = context.Persistent(schema[j].Shape.Count);
                named.Add(new StateTensor(NameOf(schema[j]), schema[j].Shape, state[i][j]));
            }
        }
        (_state, State) = (state, named);
    }

    /// <summary>The names of the state, made or not.</summary>
    public IEnumerable<string> StateNames(Stage[] stages) => stages.SelectMany(stage => stage.State(Parameter.Shape)).Select(NameOf);

    private string NameOf(StateSchema schema) => $"{Parameter.Name}/{schema.Name}";
}
