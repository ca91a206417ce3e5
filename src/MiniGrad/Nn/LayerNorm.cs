using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>LayerNorm over the last dimension (Ba et al. 2016), with a weight that starts at 1 and, if asked for, a bias at 0.</summary>
public sealed class LayerNorm : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly double _epsilon;

    /// <summary>A layer with the parameters <c>weight</c> and <c>bias</c>.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    public LayerNorm(int width, bool bias = true, double epsilon = 1e-5)
    {
        _epsilon = epsilon;
        _weight = Add("weight", [width], ParameterRole.Vector, Initial.Ones);
        _bias = bias ? Add("bias", [width], ParameterRole.Vector, Initial.Zeros) : null;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => LayerNormOp.Apply(x, _weight, _bias?.Tensor ?? default, _epsilon);
}
