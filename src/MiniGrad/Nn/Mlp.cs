using MiniGrad.Backends;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>The feed-forward layer <c>x + W₂·gelu(W₁·n)</c> of width F, usually 4C; GELU, biases and residual are fused into the products.</summary>
public sealed class Mlp
{
    private readonly LinearLayer _up;
    private readonly LinearLayer _down;
    private readonly Activation _activation;

    /// <summary>Makes the layer's parameters <c>name.c_fc</c> (F × C) and <c>name.c_proj</c> (C × F).</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="residualDeviation">σ of the output projection's initial weights.</param>
    public Mlp(ParameterFactory factory, string name, GptOptions options, double residualDeviation)
    {
        _activation = options.Gelu == GeluKind.Tanh ? Activation.GeluTanh : Activation.GeluErf;
        _up = new LinearLayer(factory, $"{name}.c_fc", options.NEmbd, options.InnerSize, options.Bias, Gpt.InitialDeviation);
        _down = new LinearLayer(factory, $"{name}.c_proj", options.InnerSize, options.NEmbd, options.Bias, residualDeviation);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">Normalized input of shape (B,T,C).</param>
    /// <param name="residual">The residual stream, of the same shape.</param>
    /// <returns>The residual stream plus the layer's output.</returns>
    public Tensor Forward(Tensor x, Tensor residual) => _down.Forward(_up.Forward(x, _activation), residual: residual);
}
