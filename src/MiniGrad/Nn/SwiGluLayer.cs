using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>The gated feed-forward layer <c>W_d·(silu(W_g·n) ⊙ W_u·n)</c>, without biases.</summary>
public sealed class SwiGluLayer : FeedForward
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;

    /// <summary>A layer with <c>gate_proj</c>, <c>up_proj</c> and <c>down_proj</c>.</summary>
    /// <param name="width">C.</param>
    /// <param name="inner">Width in between.</param>
    /// <param name="initial">Where W_g and W_u start.</param>
    /// <param name="residualInitial">Where W_d, the projection onto the residual stream, starts.</param>
    public SwiGluLayer(int width, int inner, Initial initial, Initial residualInitial)
    {
        _gate = Add("gate_proj", new Linear(width, inner, bias: false, ParameterRole.HiddenMatrix, initial));
        _up = Add("up_proj", new Linear(width, inner, bias: false, ParameterRole.HiddenMatrix, initial));
        _down = Add("down_proj", new Linear(inner, width, bias: false, ParameterRole.HiddenMatrix, residualInitial));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor n, Tensor residual)
    {
        Tensor hidden = SwiGlu.Apply(_gate.Forward(n), _up.Forward(n)), result = _down.Forward(hidden, Activation.None, residual);
        Drop(hidden, hasOneReader: true);
        return result;
    }
}
