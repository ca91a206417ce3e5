using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>
/// A linear layer <c>y = x·Wᵀ + b</c> with W of shape out×in. W is a hidden matrix, which Muon and its kin orthogonalize,
/// unless its role says otherwise: make an output layer with <see cref="Head"/>. The last layer of a <see cref="Sequential"/> is its head.
/// An optimizer refuses to orthogonalize the last matrix before the loss where nobody gave it a role.
/// </summary>
public sealed class Linear : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>A layer with the parameters <c>weight</c> and, if asked for, <c>bias</c>.</summary>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="role">What W is; a hidden matrix by default.</param>
    /// <param name="initial">Where W starts; then the bias starts at 0. By default both are uniform up to 1/√inputs, as PyTorch's.</param>
    /// <param name="heads">What the outputs are when the layer is an attention projection.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public Linear(int inputs, int outputs, bool bias = true, ParameterRole? role = null, Initial? initial = null, HeadRows? heads = null)
    {
        if (inputs < 1 || outputs < 1) throw new ArgumentException($"Linear: {inputs} inputs and {outputs} outputs; both must be at least 1");
        Initial standard = Initial.Uniform(1 / Math.Sqrt(inputs));
        _weight = Add("weight", [outputs, inputs], role ?? ParameterRole.HiddenMatrix, initial ?? standard, heads);
        _weight.RoleIsAssumed = role is null && heads is null;
        _bias = bias ? Add("bias", [outputs], ParameterRole.Vector, initial is null ? standard : Initial.Zeros, heads) : null;
    }

    /// <summary>A model's output layer, which the auxiliary optimizer trains: Muon is not for it.</summary>
    /// <param name="inputs">Columns of W.</param>
    /// <param name="outputs">Rows of W, such as classes.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public static Linear Head(int inputs, int outputs, bool bias = true) => new(inputs, outputs, bias, ParameterRole.Head);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">Input of shape (…, in).</param>
    /// <returns>Output of shape (…, out).</returns>
    public override Tensor Forward(Tensor x) => Forward(x, Activation.None);

    /// <summary>Applies the layer with what can be fused into its product.</summary>
    /// <param name="x">Input of shape (…, in).</param>
    /// <param name="activation">A nonlinearity.</param>
    /// <param name="residual">Added after the nonlinearity, of the output's shape, or the default value.</param>
    /// <returns>Output of shape (…, out).</returns>
    public Tensor Forward(Tensor x, Activation activation, Tensor residual = default) => LinearOp.Apply(x, _weight, _bias?.Tensor ?? default, activation, residual, Precision);

    internal void BecomeHead()
    {
        if (_weight.RoleIsAssumed) (_weight.Role, _weight.RoleIsAssumed) = (ParameterRole.Head, false);
    }
}
