namespace MiniGrad;

/// <summary>A <see cref="Transformer"/> that options describe, so that checkpoints and Hugging Face's folders can hold it.</summary>
public abstract class LanguageModel : Transformer, ILanguageModel
{
    /// <summary>Projections onto the residual stream start from N(0, (σ/√(2L))²), everything else from N(0, σ²).</summary>
    private protected const double Deviation = 0.02;

    /// <summary>Makes a model with initial weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="parts">What they amount to.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    private protected LanguageModel(ComputeContext context, GptOptions options, TransformerParts parts, ulong seed, WeightSource? weights)
        : base(parts)
    {
        Options = options;
        Initialize(context, seed, weights, options.Precision);
    }

    /// <inheritdoc/>
    public GptOptions Options { get; }

    /// <summary>The options, checked and of the right family.</summary>
    private protected static GptOptions Checked(GptOptions options, ModelFamily family)
    {
        ArgumentNullException.ThrowIfNull(options);
        string remedy = family == ModelFamily.Gpt ? "make the model with LanguageModels.Create" : $"make them with OfFamily(ModelFamily.{family})";
        return options.Family == family ? options.Validated() : throw new ArgumentException($"{family}: the options are of the family {options.Family}; {remedy}");
    }

    /// <summary>Where projections onto the residual stream start.</summary>
    private protected static Initial Residual(GptOptions options) => Initial.Normal(Deviation / Math.Sqrt(2.0 * options.NLayer));

    /// <summary>Where the matrices of a block start, in the order attention, its projection, feed-forward layer, its projection.</summary>
    private protected static (Initial Attention, Initial AttentionResidual, Initial Inner, Initial InnerResidual) Initials(GptOptions options)
    {
        if (options.Initialization == InitializationKind.Gpt2) return (Initial.Normal(Deviation), Residual(options), Initial.Normal(Deviation), Residual(options));
        double width = Math.Sqrt(0.33 / options.NEmbd), inner = Math.Sqrt(0.33 / options.InnerSize);
        return (Initial.Normal(width), Initial.Normal(1.25 * width), Initial.Normal(1.5 * width), Initial.Normal(3 * inner));
    }

    /// <summary>The model of Qwen2 and DeepSeek: RMSNorm, rotary grouped-query attention, biases of Q, K and V where the options say so.</summary>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="feedForward">Makes the feed-forward layer of a block.</param>
    private protected static TransformerParts Rotary(GptOptions options, Func<int, FeedForward> feedForward)
    {
        var rope = new RotaryPositions(options.HeadSize, options.BlockSize, options.RopeBase);
        RmsNorm Norm() => new(options.NEmbd, options.NormEpsilon);
        TransformerBlock Block(int layer) => new(
            Norm(), new RotaryAttention(options.NEmbd, options.NHead, options.KvHeads, options.Bias, Initials(options).Attention, Initials(options).AttentionResidual, rope),
            Norm(), feedForward(layer), BlockNames.Llama);
        return new TransformerParts
        {
            VocabSize = options.VocabSize,
            BlockSize = options.BlockSize,
            Width = options.NEmbd,
            Blocks = [.. Enumerable.Range(0, options.NLayer).Select(Block)],
            FinalNorm = Norm(),
            Tied = options.Tied,
            Names = ("model.embed_tokens", "", "model.layers", "model.norm", "lm_head"),
            Title = options.Family.ToString().ToLowerInvariant(),
        };
    }
}
