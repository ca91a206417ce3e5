using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>A parameter in a pipeline, with the state that each stage keeps for it. State is made at its first gradient.</summary>
internal sealed class ParameterSlot
{
    private StateStorage[][]? _storage;
    private BufferView[][] _working = [];

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

    /// <summary>The views that a stage works on.</summary>
    public BufferView[] Load(StageContext context, int stage)
    {
        StateStorage[] storage = _storage![stage];
        BufferView[] working = _working[stage];
        for (int i = 0; i < storage.Length; i++) working[i] = storage[i].Load(context);
        return working;
    }

    /// <summary>Keeps what the stage left in them.</summary>
    public void Save(StageContext context, int stage)
    {
        StateStorage[] storage = _storage![stage];
        for (int i = 0; i < storage.Length; i++) storage[i].Save(context, _working[stage][i]);
    }

    /// <summary>Makes the state if it is not there yet.</summary>
    public void RequireState(ComputeContext context, Stage[] stages, ulong seed)
    {
        if (_storage is not null) return;
        var named = new List<StateTensor>();
        var storage = new StateStorage[stages.Length][];
        for (int i = 0; i < stages.Length; i++)
        {
            IReadOnlyList<StateSchema> schema = stages[i].State(Parameter.Shape);
            storage[i] = new StateStorage[schema.Count];
            for (int j = 0; j < schema.Count; j++)
            {
                storage[i][j] = StateStorage.Create(context, stages[i].FormatOf(schema[j], Parameter.Shape), schema[j], NameOf(schema[j]), seed);
                named.AddRange(storage[i][j].Tensors);
            }
        }
        (_storage, _working, State) = (storage, [.. storage.Select(s => new BufferView[s.Length])], named);
    }

    /// <summary>The names of the state, made or not.</summary>
    public IEnumerable<string> StateNames(Stage[] stages) => 
        stages.SelectMany(stage => stage.State(Parameter.Shape).SelectMany(schema => StateStorage.Names(stage.FormatOf(schema, Parameter.Shape), schema, NameOf(schema))));

    private string NameOf(StateSchema schema) => $"{Parameter.Name}/{schema.Name}";
}
