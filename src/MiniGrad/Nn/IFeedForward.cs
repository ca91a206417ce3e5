using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>What a block does with each token by itself.</summary>
public interface IFeedForward
{
    /// <summary>Applies the layer.</summary>
    /// <param name="n">The normalized residual stream, (B,T,C).</param>
    /// <param name="residual">What the result is added to, (B,T,C).</param>
    Tensor Forward(Tensor n, Tensor residual);
}
