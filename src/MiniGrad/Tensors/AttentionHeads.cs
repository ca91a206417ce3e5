using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>Which of an attention's projections the rows of a parameter are.</summary>
[Flags]
public enum AttentionParts
{
    /// <summary>Query heads.</summary>
    Query = 1,

    /// <summary>Key heads.</summary>
    Key = 2,

    /// <summary>Value heads.</summary>
    Value = 4,

    /// <summary>All three, fused in this order.</summary>
    QueryKeyValue = Query | Key | Value,
}

/// <summary>
/// The heads of one attention layer, as its projections' parameters declare them: who optimizes the layer can treat its
/// projections and heads apart, and read the largest logit of every head. That number stays on the back end.
/// </summary>
public sealed class AttentionHeads
{
    private ComputeContext? _context;
    private readonly BroadcastLayout _layout;
    private BufferView _next;
    private bool _recorded;

    /// <summary>The heads of a layer that lives somewhere already.</summary>
    /// <param name="context">Where the layer lives.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="normalizedQk">Whether queries and keys are normalized after their projection, so that the weights do not scale the logits.</param>
    /// <exception cref="ArgumentException">The heads do not fit each other.</exception>
    public AttentionHeads(ComputeContext context, int heads, int kvHeads, bool normalizedQk = false)
        : this(heads, kvHeads, normalizedQk)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
    }

    /// <summary>The heads of a layer; they live where its parameters come to live.</summary>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="normalizedQk">Whether queries and keys are normalized after their projection, so that the weights do not scale the logits.</param>
    /// <exception cref="ArgumentException">The heads do not fit each other.</exception>
    public AttentionHeads(int heads, int kvHeads, bool normalizedQk = false)
    {
        if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) throw Errors.Setting("attention heads", "kvHeads", kvHeads, $"it must divide the {heads} query heads");
        (Heads, KvHeads, NormalizedQk) = (heads, kvHeads, normalizedQk);
        _layout = BroadcastLayout.For([heads], [heads])!.Value;
    }

    /// <summary>Query heads.</summary>
    public int Heads { get; }

    /// <summary>Key–value heads.</summary>
    public int KvHeads { get; }

    /// <summary>Whether queries and keys are normalized after their projection.</summary>
    public bool NormalizedQk { get; }

    /// <summary>The largest scaled logit of every query head over the forward passes since <see cref="Forget"/>, one a head; empty unless <see cref="Record"/>ed.</summary>
    public BufferView LargestLogits { get; private set; }

    /// <summary>Whether a forward pass was recorded since <see cref="Forget"/>.</summary>
    public bool HasLogits => _recorded;

    private ComputeContext Context => _context ?? throw new InvalidOperationException("these attention heads belong to no parameter yet; initialize the model first");

    /// <summary>Asks that the forward passes to come record their largest logits.</summary>
    public void Record()
    {
        if (!LargestLogits.IsEmpty) return;
        (LargestLogits, _next) = (Context.Persistent(Heads), Context.Persistent(Heads));
    }

    /// <summary>Where a forward pass leaves its largest logits, or empty when nobody asked or no gradient will follow.</summary>
    public BufferView ForPass() => LargestLogits.IsEmpty || !Context.GradientEnabled ? default : _recorded ? _next : LargestLogits;

    /// <summary>Takes up what the pass left: the larger of each head's logits so far. Nothing is downloaded.</summary>
    public void Passed()
    {
        if (LargestLogits.IsEmpty || !Context.GradientEnabled) return;
        if (_recorded)
        {
            // max(a, b) = a + relu(b − a)
            IBackend backend = Context.Backend;
            backend.Binary(BinaryOperation.Subtract, _layout, _next, LargestLogits, _next, accumulate: false);
            backend.Unary(UnaryOperation.Relu, _next, _next);
            backend.Binary(BinaryOperation.Add, _layout, LargestLogits, _next, LargestLogits, accumulate: false);
        }
        _recorded = true;
    }

    internal void LiveIn(ComputeContext context) => _context ??= context;

    /// <summary>Begins anew: the next pass is the first.</summary>
    public void Forget() => _recorded = false;
}

/// <summary>What the rows of an attention projection's weight or bias are: heads of the named parts, one after the other, all of one size.</summary>
/// <param name="Attention">The layer's heads.</param>
/// <param name="Parts">Which parts, in the order query, key, value.</param>
public readonly record struct HeadRows(AttentionHeads Attention, AttentionParts Parts)
{
    /// <summary>Number of heads in the rows.</summary>
    public int Count => HeadsOf(AttentionParts.Query) + HeadsOf(AttentionParts.Key) + HeadsOf(AttentionParts.Value);

    /// <summary>Number of heads of one part; 0 when the rows have none of it.</summary>
    /// <param name="part">One part.</param>
    public int HeadsOf(AttentionParts part) => (Parts & part) == 0 ? 0 : part == AttentionParts.Query ? Attention.Heads : Attention.KvHeads;

    /// <summary>The first head of a part, counted in heads from the first row.</summary>
    /// <param name="part">One part.</param>
    public int FirstOf(AttentionParts part) => part switch
    {
        AttentionParts.Query => 0,
        AttentionParts.Key => HeadsOf(AttentionParts.Query),
        _ => HeadsOf(AttentionParts.Query) + HeadsOf(AttentionParts.Key),
    };

    /// <summary>Checks that a parameter's rows are a whole number of rows a head.</summary>
    internal void Check(string name, Shape shape)
    {
        if (shape.Rank > 0 && shape[0] % Count == 0 && shape[0] > 0) return;
        string heads = $"{HeadsOf(AttentionParts.Query)} query, {HeadsOf(AttentionParts.Key)} key and {HeadsOf(AttentionParts.Value)} value heads";
        throw new ArgumentException($"parameter '{name}' has shape {shape}; its rows must be {heads} of one size, so a multiple of {Count}");
    }
}
