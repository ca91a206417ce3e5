using MiniGrad.Backends;
using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>A function of every element as a module, for a <see cref="Sequential"/>; the methods of a tensor do the same.</summary>
/// <param name="function">The function.</param>
public abstract class ElementwiseModule(UnaryOperation function) : Module
{
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x) => Unary.Apply(function, x);
}

/// <summary><c>max(x, 0)</c>.</summary>
public sealed class Relu() : ElementwiseModule(UnaryOperation.Relu);

/// <summary><c>x·Φ(x)</c>, exactly as PyTorch's default, or in the tanh form of GPT-2.</summary>
/// <param name="tanh">Whether to take the tanh form.</param>
public sealed class Gelu(bool tanh = false) : ElementwiseModule(tanh ? UnaryOperation.GeluTanh : UnaryOperation.GeluErf);

/// <summary><c>x·σ(x)</c>.</summary>
public sealed class Silu() : ElementwiseModule(UnaryOperation.Silu);

/// <summary><c>1/(1 + e⁻ˣ)</c>.</summary>
public sealed class Sigmoid() : ElementwiseModule(UnaryOperation.Sigmoid);

/// <summary><c>tanh x</c>.</summary>
public sealed class Tanh() : ElementwiseModule(UnaryOperation.Tanh);
