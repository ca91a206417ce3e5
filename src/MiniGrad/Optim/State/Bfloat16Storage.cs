using System.Text;
using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>
/// State in bfloat16, two numbers an integer. Rounding is stochastic, or small changes would be lost for ever: the random
/// bits are a function of the seed, the tensor's name, how often it was saved (kept beside it, so that a resumed run goes
/// on alike) and the element.
/// </summary>
internal sealed class Bfloat16Storage : StateStorage
{
    private readonly string _name;
    private readonly long _count;
    private readonly RoundingKey _key;
    private readonly BufferView _words;
    private readonly BufferView _draws;

    public Bfloat16Storage(ComputeContext context, StateSchema schema, string name, ulong seed)
    {
        (_name, _count, _key) = (name, schema.Shape.Count, new RoundingKey(seed, Hash(name)));
        (_words, _draws) = (Integers(context, (_count + 1) / 2), Integers(context, 1));
    }

    public override IReadOnlyList<StateTensor> Tensors => [new($"{_name}.bfloat16", [checked((int)_words.Length)], _words), new($"{_name}.roundings", [1], _draws)];

    public static IEnumerable<string> Names(string name) => [$"{name}.bfloat16", $"{name}.roundings"];

    public override BufferView Load(StageContext context)
    {
        BufferView working = context.Scratch(_count);
        context.Backend.UnpackBfloat16(_words, working);
        return working;
    }

    public override void Save(StageContext context, BufferView working) => context.Backend.PackBfloat16(_key, working, _words, _draws, context.Gate);

    /// <summary>FNV-1a: the same in every process, which <see cref="string.GetHashCode()"/> is not.</summary>
    private static uint Hash(string name)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 16777619);
        return hash;
    }
}
