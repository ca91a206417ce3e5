using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>What a block calls its parts.</summary>
/// <param name="AttentionNorm">The norm before the attention.</param>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForwardNorm">The norm before the feed-forward layer.</param>
/// <param name="FeedForward">The feed-forward layer.</param>
public sealed record BlockNames(string AttentionNorm, string Attention, string FeedForwardNorm, string FeedForward)
{
    /// <summary>nanoGPT's names.</summary>
    public static BlockNames Gpt { get; } = new("ln_1", "attn", "ln_2", "mlp");

    /// <summary>The names of Llama, Qwen2 and DeepSeek in Hugging Face's folders.</summary>
    public static BlockNames Llama { get; } = new("input_layernorm", "self_attn", "post_attention_layernorm", "mlp") { NormsFirst = true };

    /// <summary>Whether both norms stand before the layers in the order of parameters.</summary>
    public bool NormsFirst { get; init; }
}

/// <summary>A pre-norm transformer block: attention, then a feed-forward layer, each on the normalized residual stream and added to it.</summary>
public sealed class TransformerBlock : Module
{
    private readonly Module _norm1;
    private readonly Module _norm2;
    private readonly FeedForward _feedForward;

    /// <summary>A block of parts that take one width.</summary>
    /// <param name="norm1">The norm before the attention.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="norm2">The norm before the feed-forward layer.</param>
    /// <param name="feedForward">The feed-forward layer.</param>
    /// <param name="names">What they are called; nanoGPT's names by default.</param>
    public TransformerBlock(Module norm1, SelfAttention attention, Module norm2, FeedForward feedForward, BlockNames? names = null)
    {
        names ??= BlockNames.Gpt;
        _norm1 = Add(names.AttentionNorm, norm1);
        if (names.NormsFirst) Add(names.FeedForwardNorm, norm2);
        Attention = Add(names.Attention, attention);
        if (!names.NormsFirst) Add(names.FeedForwardNorm, norm2);
        (_norm2, _feedForward) = (norm2, Add(names.FeedForward, feedForward));
    }

    /// <summary>The attention.</summary>
    public SelfAttention Attention { get; }

    /// <summary>Applies the block.</summary>
    /// <param name="x">The residual stream, (B,T,C).</param>
    public override Tensor Forward(Tensor x) => Forward(x, null, 0);

    /// <summary>Applies the block.</summary>
    /// <param name="x">The residual stream, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public Tensor Forward(Tensor x, KeyValueCache? cache, int layer)
    {
        Tensor normed = _norm1.Forward(x);
        x = Attention.Forward(normed, x, cache, layer);
        Drop(normed);
        normed = _norm2.Forward(x);
        x = _feedForward.Forward(normed, x);
        Drop(normed);
        return x;
    }
}
