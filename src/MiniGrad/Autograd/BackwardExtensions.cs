namespace MiniGrad;

/// <summary>The backward pass.</summary>
public static class BackwardExtensions
{
    /// <summary>
    /// Differentiates a scalar: adds ∂loss/∂p to the gradient of every parameter p that it was made from. Saved
    /// activations are released on the way, so a tensor can be differentiated once.
    /// </summary>
    /// <param name="loss">A tensor of one element.</param>
    /// <exception cref="InvalidOperationException">It has more elements, or no gradient flows to it.</exception>
    public static void Backward(this Tensor loss) => loss.Context.Backward(loss);
}
