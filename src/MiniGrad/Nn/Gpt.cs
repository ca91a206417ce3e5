using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>
/// The GPT-2 of the AdaMuon paper (arXiv 2507.11005, §4; nanoGPT with RoPE, without biases, with an untied head), and with
/// other <see cref="GptOptions"/> the original GPT-2. Parameters have nanoGPT's names. Weights start from N(0, 0.02²),
/// projections onto the residual stream from N(0, (0.02/√(2L))²), norms at 1, biases at 0.
/// </summary>
public sealed class Gpt : ILanguageModel
{
    internal const double InitialDeviation = 0.02;

    private readonly Parameter _tokenEmbedding;
    private readonly Parameter? _positionEmbedding;
    private readonly Indices _positions;
    private readonly Block[] _blocks;
    private readonly NormLayer _finalNorm;
    private readonly Parameter _head;

    /// <summary>Makes a model with initial weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    public Gpt(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Family != ModelFamily.Gpt) throw new ArgumentException($"Gpt: the options are of the family {options.Family}; make the model with LanguageModels.Create");
        (Context, Options) = (context, options.Validated());
        var factory = new ParameterFactory(context, seed, weights, options.Precision);
        _tokenEmbedding = factory.Normal("wte.weight", [options.VocabSize, options.NEmbd], ParameterRole.Embedding, InitialDeviation);
        RopeTables? rope = null;
        if (options.Position == PositionKind.Learned)
        {
            _positionEmbedding = factory.Normal("wpe.weight", [options.BlockSize, options.NEmbd], ParameterRole.Embedding, InitialDeviation);
            _positions = context.Indices([options.BlockSize]);
            _positions.CopyFrom([.. Enumerable.Range(0, options.BlockSize)]);
        }
        else
        {
            rope = new RopeTables(context, options.HeadSize, options.BlockSize, options.RopeBase);
        }
        _blocks = [.. Enumerable.Range(0, options.NLayer).Select(i => new Block(factory, $"h.{i}", options, rope))];
        _finalNorm = new NormLayer(factory, "ln_f", options);
        _head = options.Tied ? _tokenEmbedding : factory.Normal("lm_head.weight", [options.VocabSize, options.NEmbd], ParameterRole.Head, InitialDeviation);
        Parameters = factory.Parameters;
        InitialSha256 = factory.InitialSha256;
    }

    /// <inheritdoc/>
    public ComputeContext Context { get; }

    /// <inheritdoc/>
    public GptOptions Options { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public string InitialSha256 { get; }

    /// <inheritdoc/>
    public long ParameterCount => Parameters.Sum(p => p.Shape.Count);

    /// <inheritdoc/>
    public KeyValueCache NewCache() => new(Context, Options.NLayer, Options.BlockSize, Options.NHead, Options.KvHeads, Options.HeadSize, fused: true);

    /// <inheritdoc/>
    public Tensor Logits(Indices tokens, KeyValueCache? cache = null) => Linear.Apply(Features(tokens, cache), _head, precision: Options.Precision);

    /// <inheritdoc/>
    public Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null) => LinearCrossEntropy.Apply(Features(tokens, null), _head, targets, tokenCount, precision: Options.Precision);

    /// <summary>What the head reads: the normalized end of the residual stream, (B,T,C).</summary>
    private Tensor Features(Indices tokens, KeyValueCache? cache)
    {
        int length = tokens.Shape[-1], before = cache?.Length ?? 0;
        if (before + length > Options.BlockSize) throw Errors.Shape("gpt", tokens.Shape, cache is null ? $"a sequence has at most blockSize = {Options.BlockSize} tokens" : $"with the {before} tokens before, a sequence has at most blockSize = {Options.BlockSize}");
        Tensor x = Embedding.Apply(_tokenEmbedding, tokens);
        if (_positionEmbedding is not null)
        {
            var positions = new Indices(Context, _positions.Data.Slice(before, length), [length]);
            x = Add.Apply(x, Embedding.Apply(_positionEmbedding, positions));
        }
        for (int i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, cache, i);
        cache?.Advance(length);
        return _finalNorm.Forward(x);
    }
}
