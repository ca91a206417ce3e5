using System.Text.Json.Serialization;

namespace MiniGrad;

/// <summary>Which architecture.</summary>
public enum ModelFamily
{
    /// <summary>GPT-2's block, <see cref="Gpt"/>, with its switches.</summary>
    Gpt,

    /// <summary>Qwen2's block, <see cref="Qwen2"/>: RMSNorm, RoPE, grouped queries, biases of Q, K and V only, SwiGLU.</summary>
    Qwen2,

    /// <summary>DeepSeek-V3's block, <see cref="DeepseekMoe"/>: RMSNorm, RoPE, a mixture of SwiGLU experts, no biases.</summary>
    DeepseekMoe,
}

/// <summary>How a model knows where a token stands.</summary>
public enum PositionKind
{
    /// <summary>Rotary embedding of queries and keys, base 10,000 (the paper).</summary>
    Rope,

    /// <summary>A learned embedding per position (GPT-2).</summary>
    Learned,
}

/// <summary>Which form of GELU.</summary>
public enum GeluKind
{
    /// <summary>The tanh form (the paper, GPT-2).</summary>
    Tanh,

    /// <summary>The exact form, with erf.</summary>
    Erf,
}

/// <summary>Which normalization.</summary>
public enum NormKind
{
    /// <summary>LayerNorm (the paper, GPT-2).</summary>
    Layer,

    /// <summary>RMSNorm.</summary>
    Rms,
}

/// <summary>Where the hidden matrices start.</summary>
public enum InitializationKind
{
    /// <summary>N(0, 0.02²), projections onto the residual stream N(0, (0.02/√(2L))²) (GPT-2).</summary>
    Gpt2,

    /// <summary>
    /// N(0, 0.33/fan-in), times 1.25 for the attention's and 3 for the feed-forward layer's projection onto the residual stream, and 1.5 for
    /// the feed-forward layer's other matrices: what MuonH and AdamH, which keep these norms, were tuned with (KellerJordan/modded-nanogpt 1ee2407).
    /// </summary>
    Hyperball,
}

/// <summary>
/// Sizes and switches of an <see cref="ILanguageModel"/>. The defaults are the GPT-2 of the AdaMuon paper (arXiv 2507.11005, §4):
/// RoPE, no biases, untied head, LayerNorm, tanh GELU.
/// </summary>
public sealed record GptOptions
{
    private const int MostLayers = 4096;
    private const long MostPositions = 1 << 26;

    /// <summary>Which architecture; <see cref="OfFamily"/> sets what follows from it.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Gpt;

    /// <summary>Number of blocks, L.</summary>
    public int NLayer { get; init; } = 4;

    /// <summary>Query heads, H; divides <see cref="NEmbd"/>.</summary>
    public int NHead { get; init; } = 4;

    /// <summary>Key–value heads; divides <see cref="NHead"/>; 0 takes as many as query heads.</summary>
    public int NKvHead { get; init; }

    /// <summary>Width, C.</summary>
    public int NEmbd { get; init; } = 128;

    /// <summary>Width of the feed-forward layer, or of one expert; 0 takes the family's: 4C, for Qwen2 8C/3, for DeepseekMoe 8C/3 over the experts that a token sees; these rounded up to a multiple of 16.</summary>
    public int NInner { get; init; }

    /// <summary>The longest sequence, T.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>Number of tokens, V.</summary>
    public int VocabSize { get; init; } = 256;

    /// <summary>How positions are known.</summary>
    public PositionKind Position { get; init; } = PositionKind.Rope;

    /// <summary>Whether linear layers and LayerNorms have biases.</summary>
    public bool Bias { get; init; }

    /// <summary>Whether the head shares the token embedding's weight.</summary>
    public bool Tied { get; init; }

    /// <summary>Which GELU.</summary>
    public GeluKind Gelu { get; init; } = GeluKind.Tanh;

    /// <summary>Which normalization.</summary>
    public NormKind Norm { get; init; } = NormKind.Layer;

    /// <summary>ε of the normalizations.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Where the hidden matrices start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public InitializationKind Initialization { get; init; }

    /// <summary>What linear layers round the operands of their products to, forward and backward; all else stays float32.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <summary>Base of the rotary wavelengths (rope_theta).</summary>
    public double RopeBase { get; init; } = 1e4;

    /// <summary>The mixture of experts of the family DeepseekMoe, else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExpertOptions? Experts { get; init; }

    /// <summary>Key–value heads, resolved.</summary>
    public int KvHeads => NKvHead == 0 ? NHead : NKvHead;

    /// <summary>Size of a head.</summary>
    public int HeadSize => NEmbd / NHead;

    /// <summary>Width of the feed-forward layer or of one expert, resolved.</summary>
    public int InnerSize => NInner != 0 ? NInner : Family == ModelFamily.Gpt ? 4 * NEmbd : (8 * NEmbd / (3 * (Experts?.Active ?? 1)) + 15) / 16 * 16;

    /// <summary>These sizes with the switches of a family: for Qwen2 RoPE of base 10⁶, RMSNorm with ε 10⁻⁶, Q, K and V biases; for DeepseekMoe RoPE of base 10⁴, the same norm, no biases, experts.</summary>
    /// <param name="family">The family.</param>
    public GptOptions OfFamily(ModelFamily family)
    {
        if (family == ModelFamily.Gpt) return this with { Family = family, Experts = null };
        bool experts = family == ModelFamily.DeepseekMoe;
        return this with { Family = family, Position = PositionKind.Rope, Norm = NormKind.Rms, NormEpsilon = 1e-6, RopeBase = experts ? 1e4 : 1e6, Bias = !experts, Gelu = GeluKind.Tanh, Experts = experts ? Experts ?? new() : null };
    }

    /// <summary>Checks that the sizes fit each other.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">They do not; the message names the sizes.</exception>
    public GptOptions Validated()
    {
        Positive(NLayer, "nLayer");
        if (NLayer > MostLayers) throw new ArgumentException($"model.nLayer is {NLayer}; at most {MostLayers} are supported");
        Positive(NHead, "nHead");
        Positive(NEmbd, "nEmbd");
        Positive(BlockSize, "blockSize");
        Positive(VocabSize, "vocabSize");
        if (NKvHead < 0) throw new ArgumentException($"model.nKvHead is {NKvHead}; it must be at least 0 (0: as many as nHead)");
        if (NInner < 0) throw new ArgumentException($"model.nInner is {NInner}; it must be at least 0 (0: the family's)");
        if (Family == ModelFamily.Qwen2 && (Position, Norm, Bias, Gelu) != (PositionKind.Rope, NormKind.Rms, true, GeluKind.Tanh)) throw new ArgumentException("model: the family qwen2 has position=rope, norm=rms, bias=true (of Q, K and V) and no GELU; leave these keys out, or set family=gpt");
        if (Family == ModelFamily.DeepseekMoe && (Position, Norm, Bias, Gelu) != (PositionKind.Rope, NormKind.Rms, false, GeluKind.Tanh)) throw new ArgumentException("model: the family deepseek-moe has position=rope, norm=rms, no biases and no GELU; leave these keys out, or set family=gpt");
        if (Family == ModelFamily.DeepseekMoe != Experts is not null) throw new ArgumentException("model: the family deepseek-moe, and no other, has experts; set model.family=deepseek-moe, or leave nExperts, topK, nSharedExperts, denseLayers and balanceRate out");
        if (Family == ModelFamily.DeepseekMoe && Initialization != InitializationKind.Gpt2) throw new ArgumentException("model.initialization: the family deepseek-moe has gpt2 alone; leave it out, or set another family");
        Experts?.Validate(NLayer);
        if (!(RopeBase > 0) || !double.IsFinite(RopeBase)) throw new ArgumentException($"model.ropeBase is {RopeBase}; it must be above 0");
        if (!(NormEpsilon >= 0) || !double.IsFinite(NormEpsilon)) throw new ArgumentException($"model.normEpsilon is {NormEpsilon}; it must be at least 0");
        if (NEmbd % NHead != 0) throw new ArgumentException($"model.nEmbd {NEmbd} is not divisible by nHead {NHead}; try nEmbd {Math.Min((NEmbd / NHead + 1L) * NHead, int.MaxValue / NHead * NHead)}");
        if (NHead % KvHeads != 0) throw new ArgumentException($"model.nHead {NHead} is not divisible by nKvHead {KvHeads}");
        if (Position == PositionKind.Rope && HeadSize % 2 != 0) throw new ArgumentException($"model: heads of size {HeadSize} cannot be rotated in pairs; make nEmbd / nHead even or set position=learned");
        Int128 largest = Int128.Max(Int128.Max((Int128)4 * NEmbd * NEmbd, (Int128)(Experts is { } experts ? Math.Max(experts.Count, experts.Active) : 1) * InnerSize * NEmbd), (Int128)VocabSize * NEmbd);
        if (largest > int.MaxValue) throw new ArgumentException($"model: nEmbd {NEmbd} with vocabSize {VocabSize} is too large: a weight would have {largest:N0} elements, at most {int.MaxValue:N0} are supported");
        if ((Int128)BlockSize * (Position == PositionKind.Rope ? HeadSize : NEmbd) > MostPositions) throw new ArgumentException($"model.blockSize is {BlockSize}; its positions would take {(Int128)BlockSize * (Position == PositionKind.Rope ? HeadSize : NEmbd):N0} numbers, at most {MostPositions:N0} are supported");
        return this;
    }

    private static void Positive(int value, string name)
    {
        if (value < 1) throw new ArgumentException($"model.{name} is {value}; it must be at least 1");
    }
}
