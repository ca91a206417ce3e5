using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>LayerNorm or RMSNorm over the last dimension, with a weight that starts at 1 and, if asked for, a bias at 0.</summary>
public sealed class NormLayer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly NormKind _kind;
    private readonly double _epsilon;

    /// <summary>Makes the layer's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">Kind, width, bias and ε.</param>
    public NormLayer(ParameterFactory factory, string name, GptOptions options)
    {
        (_kind, _epsilon) = (options.Norm, options.NormEpsilon);
        _weight = factory.Constant($"{name}.weight", [options.NEmbd], ParameterRole.Vector, 1);
        _bias = options.Bias && _kind == NormKind.Layer ? factory.Constant($"{name}.bias", [options.NEmbd], ParameterRole.Vector, 0) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">Input of shape (…, C).</param>
    /// <returns>Output of the same shape.</returns>
    public Tensor Forward(Tensor x) => _kind == NormKind.Layer
        ? LayerNorm.Apply(x, _weight, _bias?.Tensor ?? default, _epsilon)
        : RmsNorm.Apply(x, _weight, _epsilon);
}
