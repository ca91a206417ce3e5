using MiniGrad.Backends;
using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>A linear layer <c>y = x·Wᵀ + b</c> with W of shape out×in.</summary>
public sealed class LinearLayer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Precision _precision;

    /// <summary>Makes the layer's parameters <c>name.weight</c> and, if asked for, <c>name.bias</c> (zeros).</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name.</param>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="standardDeviation">σ of the initial weights.</param>
    /// <param name="heads">What the outputs are when the layer is an attention projection.</param>
    public LinearLayer(ParameterFactory factory, string name, int inputs, int outputs, bool bias, double standardDeviation, HeadRows? heads = null)
    {
        _precision = factory.Precision;
        _weight = factory.Normal($"{name}.weight", [outputs, inputs], ParameterRole.HiddenMatrix, standardDeviation, heads);
        _bias = bias ? factory.Constant($"{name}.bias", [outputs], ParameterRole.Vector, 0, heads) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">Input of shape (…, in).</param>
    /// <param name="activation">A nonlinearity, fused into the product.</param>
    /// <param name="residual">Added after the nonlinearity, of the output's shape, or the default value.</param>
    /// <returns>Output of shape (…, out).</returns>
    public Tensor Forward(Tensor x, Activation activation = Activation.None, Tensor residual = default) =>
        Linear.Apply(x, _weight, _bias?.Tensor ?? default, activation, residual, _precision);
}
