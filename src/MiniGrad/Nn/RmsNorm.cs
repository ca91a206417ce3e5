using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>RMSNorm over the last dimension (Zhang and Sennrich 2019), with a weight that starts at 1.</summary>
public sealed class RmsNorm : Module
{
    private readonly Parameter _weight;
    private readonly double _epsilon;

    /// <summary>A layer with the parameter <c>weight</c>.</summary>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="epsilon">ε, added to the mean square.</param>
    public RmsNorm(int width, double epsilon = 1e-6) => (_epsilon, _weight) = (epsilon, Add("weight", [width], ParameterRole.Vector, Initial.Ones));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => RmsNormOp.Apply(x, _weight, _epsilon);
}
