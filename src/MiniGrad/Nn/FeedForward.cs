namespace MiniGrad;

/// <summary>What a transformer's block does with each token by itself.</summary>
public abstract class FeedForward : Module
{
    /// <summary>Applies the layer.</summary>
    /// <param name="n">The normalized residual stream, (B,T,C).</param>
    /// <param name="residual">What the result is added to, (B,T,C).</param>
    public abstract Tensor Forward(Tensor n, Tensor residual);
}
