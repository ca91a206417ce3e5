
namespace MiniGrad;

/// <summary>
/// The GPT-2 of the AdaMuon paper (arXiv 2507.11005, §4; nanoGPT with RoPE, without biases, with an untied head), and with
/// other <see cref="GptOptions"/> the original GPT-2. Parameters have nanoGPT's names. Weights start from N(0, 0.02²),
/// projections onto the residual stream from N(0, (0.02/√(2L))²), norms at 1, biases at 0.
/// </summary>
public sealed class Gpt : LanguageModel
{
    /// <summary>Makes a model with initial weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the options are another family's.</exception>
    public Gpt(ComputeContext context, GptOptions options, ulong seed, WeightSource? weights = null)
        : base(context, options, Parts(Checked(options, ModelFamily.Gpt)), seed, weights)
    {
    }

    private static TransformerParts Parts(GptOptions options)
    {
        int width = options.NEmbd;
        (Initial attention, Initial attentionResidual, Initial inner, Initial innerResidual) = Initials(options);
        Activation gelu = options.Gelu == GeluKind.Tanh ? Activation.GeluTanh : Activation.GeluErf;
        RotaryPositions? rope = options.Position == PositionKind.Rope ? new(options.HeadSize, options.BlockSize, options.RopeBase) : null;
        Module Norm() => options.Norm == NormKind.Layer ? new LayerNorm(width, options.Bias, options.NormEpsilon) : new RmsNorm(width, options.NormEpsilon);
        TransformerBlock Block(int layer) => new(
            Norm(), new CausalSelfAttention(width, options.NHead, options.KvHeads, options.Bias, attention, attentionResidual, rope),
            Norm(), new Mlp(width, options.InnerSize, options.Bias, gelu, inner, innerResidual));
        return new TransformerParts
        {
            VocabSize = options.VocabSize,
            BlockSize = options.BlockSize,
            Width = width,
            Blocks = [.. Enumerable.Range(0, options.NLayer).Select(Block)],
            FinalNorm = Norm(),
            LearnedPositions = options.Position == PositionKind.Learned,
            Tied = options.Tied,
            Title = "gpt",
        };
    }
}
