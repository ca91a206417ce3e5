using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>The gated feed-forward layer <c>W_d·(silu(W_g·n) ⊙ W_u·n)</c>, without biases.</summary>
public sealed class SwiGluLayer : IFeedForward
{
    private readonly LinearLayer _gate;
    private readonly LinearLayer _up;
    private readonly LinearLayer _down;

    /// <summary>Makes the layer's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>model.layers.0.mlp</c>.</param>
    /// <param name="width">C.</param>
    /// <param name="inner">Width in between.</param>
    /// <param name="residualDeviation">σ of the initial weights of the projection onto the residual stream.</param>
    public SwiGluLayer(ParameterFactory factory, string name, int width, int inner, double residualDeviation)
    {
        _gate = new LinearLayer(factory, $"{name}.gate_proj", width, inner, bias: false, Gpt.InitialDeviation);
        _up = new LinearLayer(factory, $"{name}.up_proj", width, inner, bias: false, Gpt.InitialDeviation);
        _down = new LinearLayer(factory, $"{name}.down_proj", inner, width, bias: false, residualDeviation);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor n, Tensor residual) => _down.Forward(SwiGlu.Apply(_gate.Forward(n), _up.Forward(n)), residual: residual);
}
