using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>Where a stage's tensor lives between steps. The stage works on a float32 view of it, loaded before and saved after.</summary>
internal abstract class StateStorage
{
    /// <summary>What is kept, as checkpoints see it.</summary>
    public abstract IReadOnlyList<StateTensor> Tensors { get; }

    /// <summary>The view that the stage works on.</summary>
    public abstract BufferView Load(StageContext context);

    /// <summary>Keeps what the stage left in the view; nothing changes where the gate is closed.</summary>
    public abstract void Save(StageContext context, BufferView working);

    /// <summary>Makes room, zeroed.</summary>
    /// <param name="context">Where.</param>
    /// <param name="format">How it is kept.</param>
    /// <param name="schema">What the stage asks for.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="seed">The seed of what is rounded.</param>
    public static StateStorage Create(ComputeContext context, StateFormat format, StateSchema schema, string name, ulong seed) => format switch
    {
        StateFormat.Bfloat16 => new Bfloat16Storage(context, schema, name, seed),
        StateFormat.Factored => new FactoredStorage(context, schema, name),
        _ => new PlainStorage(context, schema, name),
    };

    /// <summary>The names of what is kept, made or not.</summary>
    public static IEnumerable<string> Names(StateFormat format, StateSchema schema, string name) => format switch
    {
        StateFormat.Bfloat16 => Bfloat16Storage.Names(name),
        StateFormat.Factored => FactoredStorage.Names(schema, name),
        _ => [name],
    };

    /// <summary>Integers, zeroed, for as long as the context lives.</summary>
    protected static BufferView Integers(ComputeContext context, long count)
    {
        BufferView view = context.Indices([checked((int)count)]).Data;
        context.Backend.Upload(view, new int[count]);
        return view;
    }
}

/// <summary>State kept as the stage works on it.</summary>
internal sealed class PlainStorage(ComputeContext context, StateSchema schema, string name) : StateStorage
{
    private readonly BufferView _data = context.Persistent(schema.Shape.Count);

    public override IReadOnlyList<StateTensor> Tensors => [new(name, schema.Shape, _data)];

    public override BufferView Load(StageContext context) => _data;

    public override void Save(StageContext context, BufferView working)
    {
    }
}
