using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>
/// The GPT-2 of the AdaMuon paper (arXiv 2507.11005, §4; nanoGPT with RoPE, without biases, with an untied head), and with
/// other <see cref="GptOptions"/> the original GPT-2. Parameters have nanoGPT's names. Weights start from N(0, 0.02²),
/// projections onto the residual stream from N(0, (0.02/√(2L))²), norms at 1, biases at 0.
/// </summary>
public sealed class Gpt
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
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Gpt(ComputeContext context, GptOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        (Context, Options) = (context, options.Validated());
        var factory = new ParameterFactory(context, seed);
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
            rope = new RopeTables(context, options.HeadSize, options.BlockSize);
        }
        _blocks = [.. Enumerable.Range(0, options.NLayer).Select(i => new Block(factory, $"h.{i}", options, rope))];
        _finalNorm = new NormLayer(factory, "ln_f", options);
        _head = options.Tied ? _tokenEmbedding : factory.Normal("lm_head.weight", [options.VocabSize, options.NEmbd], ParameterRole.Head, InitialDeviation);
        Parameters = factory.Parameters;
        InitialSha256 = factory.InitialSha256;
    }

    /// <summary>The context.</summary>
    public ComputeContext Context { get; }

    /// <summary>Sizes and switches.</summary>
    public GptOptions Options { get; }

    /// <summary>The parameters; a tied weight stands here once.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>SHA-256 over names, shapes and initial values: equal for runs that are truly paired.</summary>
    public string InitialSha256 { get; }

    /// <summary>Number of trainable numbers.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Shape.Count);

    /// <summary>The logits of the next token at every place.</summary>
    /// <param name="tokens">Token ids, (B,T) with T at most the block size.</param>
    /// <returns>Logits, (B,T,V).</returns>
    /// <exception cref="ArgumentException">The sequence is longer than the block size.</exception>
    public Tensor Logits(Indices tokens) => Linear.Apply(Features(tokens), _head);

    /// <summary>The cross-entropy of the next token in nats: the sum over places divided by <paramref name="tokenCount"/>. The logits are never stored as a whole.</summary>
    /// <param name="tokens">Token ids, (B,T).</param>
    /// <param name="targets">The token that follows each, (B,T); a negative one is left out.</param>
    /// <param name="tokenCount">What the sum is divided by; by default B·T. With micro-batches, the tokens of the whole step.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null) => LinearCrossEntropy.Apply(Features(tokens), _head, targets, tokenCount);

    /// <summary>What the head reads: the normalized end of the residual stream, (B,T,C).</summary>
    private Tensor Features(Indices tokens)
    {
        int length = tokens.Shape[-1];
        if (length > Options.BlockSize) throw Errors.Shape("gpt", tokens.Shape, $"a sequence has at most blockSize = {Options.BlockSize} tokens");
        Tensor x = Embedding.Apply(_tokenEmbedding, tokens);
        if (_positionEmbedding is not null)
        {
            var positions = new Indices(Context, _positions.Data.Slice(0, length), [length]);
            x = Add.Apply(x, Embedding.Apply(_positionEmbedding, positions));
        }
        foreach (Block block in _blocks) x = block.Forward(x);
        return _finalNorm.Forward(x);
    }
}
