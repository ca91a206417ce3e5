using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>One matrix of a parameter with the state that each stage, and the hook around them, keeps for it.</summary>
internal sealed class MatrixSlot(ParameterSlot parameter, MatrixPiece piece, Shape shape)
{
    private BufferView[][] _state = [];

    public ParameterSlot Parameter => parameter;

    public MatrixPiece Piece => piece;

    public IReadOnlyList<StateTensor> State { get; private set; } = [];

    public BufferView Weight => parameter.Parameter.Data.Slice(piece.Offset, piece.Count);

    public BufferView Gradient => parameter.Parameter.HasGradient ? parameter.Parameter.Gradient.Slice(piece.Offset, piece.Count) : default;

    /// <summary>The state of a stage; that of the hook stands behind the last stage's.</summary>
    public BufferView[] StateOf(int stage) => _state[stage];

    public void MakeState(StageContext context, Stage[] stages, IStepHook? hook)
    {
        var named = new List<StateTensor>();
        var state = new List<BufferView[]>();
        foreach (Stage stage in stages) state.Add(Make(context.Compute, stage.State(shape), named));
        if (hook is not null) state.Add(Make(context.Compute, hook.State(shape), named));
        (_state, State) = ([.. state], named);
        if (hook is null) return;
        context.Begin(this, 0, default, default);
        context.UseState(_state[^1]);
        hook.Begin(context);
        context.End();
    }

    public IEnumerable<string> StateNames(Stage[] stages, IStepHook? hook) =>
        stages.SelectMany(stage => stage.State(shape)).Concat(hook?.State(shape) ?? []).Select(NameOf);

    private BufferView[] Make(ComputeContext context, IReadOnlyList<StateSchema> schema, List<StateTensor> named)
    {
        var views = new BufferView[schema.Count];
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = context.Persistent(schema[i].Shape.Count);
            named.Add(new StateTensor(NameOf(schema[i]), schema[i].Shape, views[i]));
        }
        return views;
    }

    private string NameOf(StateSchema schema) => $"{parameter.Parameter.Name}{piece.Suffix}/{schema.Name}";
}
