using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>Causal self-attention as a transformer's block uses it.</summary>
public abstract class SelfAttention : Module
{
    /// <summary>Checks and keeps the sizes.</summary>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key–value heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="headSize">Size of a head.</param>
    private protected SelfAttention(int heads, int kvHeads, int headSize) => (Heads, HeadSize) = (new AttentionHeads(heads, kvHeads), headSize);

    /// <summary>The heads, as the projections' parameters declare them.</summary>
    public AttentionHeads Heads { get; }

    /// <summary>Size of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Whether queries, keys and values come side by side from one projection, and a cache keeps them so.</summary>
    public abstract bool IsFused { get; }

    /// <summary>Attends.</summary>
    /// <param name="n">The normalized residual stream, (B,T,C).</param>
    /// <param name="residual">What the result is added to, (B,T,C).</param>
    /// <param name="cache">Keys and values of the tokens before, and where these are kept; or null.</param>
    /// <param name="layer">Which layer of the cache.</param>
    public abstract Tensor Forward(Tensor n, Tensor residual, KeyValueCache? cache, int layer);
}
