namespace MiniGrad;

/// <summary>The feed-forward layer <c>x + W₂·gelu(W₁·n)</c>; GELU, biases and residual are fused into the products.</summary>
public sealed class Mlp : FeedForward
{
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Activation _activation;

    /// <summary>A layer with <c>c_fc</c> (F × C) and <c>c_proj</c> (C × F).</summary>
    /// <param name="width">C.</param>
    /// <param name="inner">F, usually 4C.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="initial">Where W₁ starts.</param>
    /// <param name="residualInitial">Where W₂, the projection onto the residual stream, starts.</param>
    public Mlp(int width, int inner, bool bias, Activation activation, Initial initial, Initial residualInitial)
    {
        _activation = activation;
        _up = Add("c_fc", new Linear(width, inner, bias, ParameterRole.HiddenMatrix, initial));
        _down = Add("c_proj", new Linear(inner, width, bias, ParameterRole.HiddenMatrix, residualInitial));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor n, Tensor residual)
    {
        Tensor hidden = _up.Forward(n, _activation), result = _down.Forward(hidden, Activation.None, residual);
        Drop(hidden, hasOneReader: true);
        return result;
    }
}
