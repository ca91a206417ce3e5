using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>
/// What <see cref="Qwen2"/> and <see cref="DeepseekMoe"/> share: the embedding, pre-norm blocks with RMSNorm and rotary
/// attention, and a head that is tied or not; they differ in the feed-forward layers. Parameters have the published
/// checkpoints' names. Weights start from N(0, 0.02²), projections onto the residual stream from N(0, (0.02/√(2L))²).
/// </summary>
public abstract class RotaryModel : ILanguageModel
{
    private readonly string _op;
    private readonly Parameter _tokenEmbedding;
    private readonly RotaryBlock[] _blocks;
    private readonly NormLayer _finalNorm;
    private readonly Parameter _head;

    /// <summary>Makes a model.</summary>
    /// <param name="family">The family, which the options must be of.</param>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <param name="feedForward">Makes the feed-forward layer of a block.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    private protected RotaryModel(ModelFamily family, ComputeContext context, GptOptions options, ulong seed, WeightSource? weights, FeedForwardMaker feedForward)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Family != family) throw new ArgumentException($"{family}: the options are of the family {options.Family}; make them with OfFamily(ModelFamily.{family})");
        (Context, Options, _op) = (context, options.Validated(), family.ToString().ToLowerInvariant());
        var factory = new ParameterFactory(context, seed, weights, options.Precision);
        _tokenEmbedding = factory.Normal("model.embed_tokens.weight", [options.VocabSize, options.NEmbd], ParameterRole.Embedding, Gpt.InitialDeviation);
        var rope = new RopeTables(context, options.HeadSize, options.BlockSize, options.RopeBase);
        _blocks = [.. Enumerable.Range(0, options.NLayer).Select(i => new RotaryBlock(factory, $"model.layers.{i}", options, rope, () => feedForward(factory, options, i, $"model.layers.{i}.mlp")))];
        _finalNorm = new NormLayer(factory, "model.norm", options);
        _head = options.Tied ? _tokenEmbedding : factory.Normal("lm_head.weight", [options.VocabSize, options.NEmbd], ParameterRole.Head, Gpt.InitialDeviation);
        Parameters = factory.Parameters;
        InitialSha256 = factory.InitialSha256;
    }

    /// <summary>Makes the feed-forward layer of a block.</summary>
    private protected delegate IFeedForward FeedForwardMaker(ParameterFactory factory, GptOptions options, int layer, string name);

    /// <inheritdoc/>
    public ComputeContext Context { get; }

    /// <inheritdoc/>
    public GptOptions Options { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public string InitialSha256 { get; }

    /// <inheritdoc/>
    public long ParameterCount => Parameters.Where(p => p.IsTrained).Sum(p => p.Shape.Count);

    /// <inheritdoc/>
    public KeyValueCache NewCache() => new(Context, Options.NLayer, Options.BlockSize, Options.NHead, Options.KvHeads, Options.HeadSize, fused: false);

    /// <inheritdoc/>
    public Tensor Logits(Indices tokens, KeyValueCache? cache = null) => Linear.Apply(Features(tokens, cache), _head, precision: Options.Precision);

    /// <inheritdoc/>
    public Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null) => LinearCrossEntropy.Apply(Features(tokens, null), _head, targets, tokenCount, precision: Options.Precision);

    /// <summary>What the head reads: the normalized end of the residual stream, (B,T,C).</summary>
    private Tensor Features(Indices tokens, KeyValueCache? cache)
    {
        int length = tokens.Shape[-1], before = cache?.Length ?? 0;
        if (before + length > Options.BlockSize) throw Errors.Shape(_op, tokens.Shape, cache is null ? $"a sequence has at most blockSize = {Options.BlockSize} tokens" : $"with the {before} tokens before, a sequence has at most blockSize = {Options.BlockSize}");
        Tensor x = Embedding.Apply(_tokenEmbedding, tokens);
        for (int i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, cache, i);
        cache?.Advance(length);
        return _finalNorm.Forward(x);
    }
}
