using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>One matrix of a parameter with the state that each stage, and the hook around them, keeps for it.</summary>
internal sealed class MatrixSlot(ParameterSlot parameter, int index, MatrixPiece piece, Shape shape)
{
    private StateStorage[][] _storage = [];
    private BufferView[][] _working = [];

    public ParameterSlot Parameter => parameter;

    /// <summary>Its place among the parameter's matrices.</summary>
    public int Index => index;

    public MatrixPiece Piece => piece;

    public IReadOnlyList<StateTensor> State { get; private set; } = [];

    /// <summary>What the hook keeps, as it is.</summary>
    public BufferView[] HookState { get; private set; } = [];

    public BufferView Weight => parameter.Parameter.Data.Slice(piece.Offset, piece.Count);

    /// <summary>The parameter's name, and which piece of it this is.</summary>
    public string Name => parameter.Parameter.Name + piece.Suffix;

    public BufferView Gradient => parameter.Parameter.HasGradient ? parameter.Parameter.GradientData.Slice(piece.Offset, piece.Count) : default;

    /// <summary>The views that a stage works on.</summary>
    public BufferView[] Load(StageContext context, int stage)
    {
        StateStorage[] storage = _storage[stage];
        BufferView[] working = _working[stage];
        for (int i = 0; i < storage.Length; i++) working[i] = storage[i].Load(context);
        return working;
    }

    /// <summary>Keeps what the stage left in them.</summary>
    public void Save(StageContext context, int stage)
    {
        StateStorage[] storage = _storage[stage];
        for (int i = 0; i < storage.Length; i++) storage[i].Save(context, _working[stage][i]);
    }

    public void MakeState(StageContext context, Stage[] stages, IStepHook? hook, ulong seed)
    {
        var named = new List<StateTensor>();
        var storage = new StateStorage[stages.Length][];
        for (int i = 0; i < stages.Length; i++)
        {
            Stage stage = stages[i];
            storage[i] = [.. stage.State(shape).Select(schema => StateStorage.Create(context.Compute, stage.FormatOf(schema, shape), schema, NameOf(schema), seed))];
            foreach (StateStorage one in storage[i]) named.AddRange(one.Tensors);
        }
        (_storage, _working) = (storage, [.. storage.Select(s => new BufferView[s.Length])]);
        BeginStages(context, stages);
        if (hook is not null) MakeHookState(context, hook, named);
        State = named;
    }

    /// <summary>The names of the state, made or not.</summary>
    public IEnumerable<string> StateNames(Stage[] stages, IStepHook? hook) => stages
        .SelectMany(stage => stage.State(shape).SelectMany(schema => StateStorage.Names(stage.FormatOf(schema, shape), schema, NameOf(schema))))
        .Concat((hook?.State(shape) ?? []).Select(NameOf));

    private void BeginStages(StageContext context, Stage[] stages)
    {
        context.Begin(this, 0, default, default);
        for (int i = 0; i < stages.Length; i++)
        {
            context.UseState(Load(context, i));
            if (stages[i].Begin(context)) Save(context, i);
        }
        context.End();
    }

    private void MakeHookState(StageContext context, IStepHook hook, List<StateTensor> named)
    {
        IReadOnlyList<StateSchema> schema = hook.State(shape);
        HookState = [.. schema.Select(one => context.Compute.Persistent(one.Shape.Count))];
        named.AddRange(schema.Select((one, i) => new StateTensor(NameOf(one), one.Shape, HookState[i])));
        context.Begin(this, 0, default, default);
        context.UseState(HookState);
        hook.Begin(context);
        context.End();
    }

    private string NameOf(StateSchema schema) => $"{Name}/{schema.Name}";
}
