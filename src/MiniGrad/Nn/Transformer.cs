using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>What a transformer is made of. GPT-2, Qwen2 and the mixture of experts differ in this alone.</summary>
public sealed record TransformerParts
{
    /// <summary>Number of tokens, V.</summary>
    public required int VocabSize { get; init; }

    /// <summary>The longest sequence, T.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Width of the residual stream, C.</summary>
    public required int Width { get; init; }

    /// <summary>The blocks, first to last; at least one.</summary>
    public required IReadOnlyList<TransformerBlock> Blocks { get; init; }

    /// <summary>The norm at the end of the residual stream.</summary>
    public required Module FinalNorm { get; init; }

    /// <summary>Whether there is a learned embedding per position, where the attention does not rotate.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>Whether the head shares the token embedding's weight.</summary>
    public bool Tied { get; init; }

    /// <summary>Where embeddings and head start.</summary>
    public Initial Initial { get; init; } = Initial.Normal(0.02);

    /// <summary>What the parts are called: token embedding, position embedding, blocks, final norm, head; nanoGPT's names by default.</summary>
    public (string Tokens, string Positions, string Blocks, string Norm, string Head) Names { get; init; } = ("wte", "wpe", "h", "ln_f", "lm_head");

    /// <summary>What error messages call the model.</summary>
    public string Title { get; init; } = "transformer";
}

/// <summary>A causal language model: token embedding, pre-norm blocks, a norm, and a head that is tied or not.</summary>
public class Transformer : Module
{
    private readonly TransformerParts _parts;
    private readonly Embedding _tokens;
    private readonly Embedding? _positions;
    private readonly TransformerBlock[] _blocks;
    private readonly Parameter _head;
    private Indices _positionIds;

    /// <summary>A model of the given parts.</summary>
    /// <param name="parts">The parts, which belong to this model from now on.</param>
    /// <exception cref="ArgumentException">There is no block, or a part has its place elsewhere.</exception>
    public Transformer(TransformerParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Blocks.Count == 0) throw new ArgumentException($"{parts.Title}: there are no blocks; give at least one");
        (_parts, _blocks) = (parts, [.. parts.Blocks]);
        (string tokens, string positions, string blocks, string norm, string head) = parts.Names;
        _tokens = Add(tokens, new Embedding(parts.VocabSize, parts.Width, parts.Initial));
        if (parts.LearnedPositions) _positions = Add(positions, new Embedding(parts.BlockSize, parts.Width, parts.Initial));
        for (int i = 0; i < _blocks.Length; i++) Add($"{blocks}.{i}", _blocks[i]);
        Add(norm, parts.FinalNorm);
        _head = parts.Tied ? _tokens.Weight : Add($"{head}.weight", [parts.VocabSize, parts.Width], ParameterRole.Head, parts.Initial);
    }

    /// <summary>Number of tokens, V.</summary>
    public int VocabSize => _parts.VocabSize;

    /// <summary>The longest sequence, T.</summary>
    public int BlockSize => _parts.BlockSize;

    /// <summary>An empty key–value cache for one sequence of at most the block size, for <see cref="Logits"/>.</summary>
    public KeyValueCache NewCache()
    {
        SelfAttention attention = _blocks[0].Attention;
        return new KeyValueCache(Context, _blocks.Length, BlockSize, attention.Heads.Heads, attention.Heads.KvHeads, attention.HeadSize, attention.IsFused);
    }

    /// <summary>The logits of the next token at every place.</summary>
    /// <param name="tokens">Token ids, (B,T) with T at most the block size; (1,T) with a cache.</param>
    /// <param name="cache">Holds the tokens before, and takes these; only under <see cref="ComputeContext.NoGrad"/>. Null for a sequence from its beginning.</param>
    /// <returns>Logits, (B,T,V).</returns>
    /// <exception cref="ArgumentException">The sequence is longer than the block size.</exception>
    public Tensor Logits(Indices tokens, KeyValueCache? cache = null) => LinearOp.Apply(Features(tokens, cache), _head, precision: Precision);

    /// <summary>The cross-entropy of the next token in nats: the sum over places divided by <paramref name="tokenCount"/>.</summary>
    /// <param name="tokens">Token ids, (B,T).</param>
    /// <param name="targets">The token that follows each, (B,T); a negative one is left out.</param>
    /// <param name="tokenCount">What the sum is divided by; by default B·T. With micro-batches, the tokens of the whole step.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null) => LinearCrossEntropy.Apply(Features(tokens, null), _head, targets, tokenCount, precision: Precision);

    /// <inheritdoc/>
    protected override void OnInitialized(ComputeContext context)
    {
        if (_positions is not null) _positionIds = context.Indices([BlockSize], [.. Enumerable.Range(0, BlockSize)]);
    }

    /// <summary>What the head reads: the normalized end of the residual stream, (B,T,C).</summary>
    private Tensor Features(Indices tokens, KeyValueCache? cache)
    {
        int length = tokens.Shape[-1], before = cache?.Length ?? 0;
        if (before + length > BlockSize) throw Errors.Shape(_parts.Title, tokens.Shape, cache is null ? $"a sequence has at most blockSize = {BlockSize} tokens" : $"with the {before} tokens before, a sequence has at most blockSize = {BlockSize}");
        Tensor x = _tokens.Forward(tokens);
        if (_positions is not null) x = Ops.Add.Apply(x, _positions.Forward(new Indices(Context, _positionIds.Data.Slice(before, length), [length])));
        for (int i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, cache, i);
        cache?.Advance(length);
        return _parts.FinalNorm.Forward(x);
    }
}
