using MiniGrad.Backends;
using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>The ops as methods of a tensor, so that a formula reads from left to right. Each class of this namespace has the details.</summary>
public static class TensorExtensions
{
    /// <inheritdoc cref="Ops.MatMul.Apply"/>
    public static Tensor MatMul(this Tensor a, Tensor b, bool transposeA = false, bool transposeB = false) => Ops.MatMul.Apply(a, b, transposeA, transposeB);

    /// <inheritdoc cref="Ops.LinearOp.Apply"/>
    public static Tensor Linear(this Tensor x, Tensor weight, Tensor bias = default, Activation activation = Activation.None, Tensor residual = default) =>
        Ops.LinearOp.Apply(x, weight, bias, activation, residual);

    /// <inheritdoc cref="Ops.Sum.Apply(Tensor)"/>
    public static Tensor Sum(this Tensor x) => Ops.Sum.Apply(x);

    /// <inheritdoc cref="Ops.Sum.Apply(Tensor, int, bool)"/>
    public static Tensor Sum(this Tensor x, int axis, bool keepDims = false) => Ops.Sum.Apply(x, axis, keepDims);

    /// <inheritdoc cref="Ops.Mean.Apply(Tensor)"/>
    public static Tensor Mean(this Tensor x) => Ops.Mean.Apply(x);

    /// <inheritdoc cref="Ops.Mean.Apply(Tensor, int, bool)"/>
    public static Tensor Mean(this Tensor x, int axis, bool keepDims = false) => Ops.Mean.Apply(x, axis, keepDims);

    /// <inheritdoc cref="Ops.Reshape.Apply(Tensor, ReadOnlySpan{int})"/>
    public static Tensor Reshape(this Tensor x, params ReadOnlySpan<int> sizes) => Ops.Reshape.Apply(x, sizes);

    /// <inheritdoc cref="Ops.Reshape.Apply(Tensor, Shape)"/>
    public static Tensor Reshape(this Tensor x, Shape shape) => Ops.Reshape.Apply(x, shape);

    /// <inheritdoc cref="Ops.Permute.Apply"/>
    public static Tensor Permute(this Tensor x, params ReadOnlySpan<int> order) => Ops.Permute.Apply(x, order);

    /// <inheritdoc cref="Ops.Permute.Transpose"/>
    public static Tensor Transpose(this Tensor x, int first = -2, int second = -1) => Ops.Permute.Transpose(x, first, second);

    /// <inheritdoc cref="Ops.Softmax.Apply"/>
    public static Tensor Softmax(this Tensor x) => Ops.Softmax.Apply(x);

    /// <inheritdoc cref="Ops.LayerNormOp.Apply"/>
    public static Tensor LayerNorm(this Tensor x, Tensor weight, Tensor bias = default, double epsilon = 1e-5) => Ops.LayerNormOp.Apply(x, weight, bias, epsilon);

    /// <inheritdoc cref="Ops.RmsNormOp.Apply"/>
    public static Tensor RmsNorm(this Tensor x, Tensor weight, double epsilon = 1e-6) => Ops.RmsNormOp.Apply(x, weight, epsilon);

    /// <inheritdoc cref="Ops.CrossEntropy.Apply"/>
    public static Tensor CrossEntropy(this Tensor logits, Indices targets, double? tokens = null) => Ops.CrossEntropy.Apply(logits, targets, tokens);

    /// <inheritdoc cref="Ops.LinearCrossEntropy.Apply"/>
    public static Tensor LinearCrossEntropy(this Tensor x, Tensor weight, Indices targets, double? tokens = null, int? rowsAtOnce = null) => Ops.LinearCrossEntropy.Apply(x, weight, targets, tokens, rowsAtOnce);

    /// <inheritdoc cref="Ops.SwiGlu.Apply(Tensor, Tensor)"/>
    public static Tensor SwiGlu(this Tensor gate, Tensor up) => Ops.SwiGlu.Apply(gate, up);

    /// <inheritdoc cref="Ops.SwiGlu.Apply(Tensor)"/>
    public static Tensor SwiGlu(this Tensor gateUp) => Ops.SwiGlu.Apply(gateUp);

    /// <summary><c>eˣ</c>.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Exp(this Tensor x) => Unary.Apply(UnaryOperation.Exp, x);

    /// <summary><c>ln x</c>.</summary>
    /// <param name="x">Operand; positive.</param>
    public static Tensor Log(this Tensor x) => Unary.Apply(UnaryOperation.Log, x);

    /// <summary><c>√x</c>.</summary>
    /// <param name="x">Operand; not negative.</param>
    public static Tensor Sqrt(this Tensor x) => Unary.Apply(UnaryOperation.Sqrt, x);

    /// <summary><c>x²</c>.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Square(this Tensor x) => Unary.Apply(UnaryOperation.Square, x);

    /// <summary><c>tanh x</c>.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Tanh(this Tensor x) => Unary.Apply(UnaryOperation.Tanh, x);

    /// <summary><c>1/(1 + e⁻ˣ)</c>.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Sigmoid(this Tensor x) => Unary.Apply(UnaryOperation.Sigmoid, x);

    /// <summary><c>max(x, 0)</c>; its derivative at 0 is taken as 0.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Relu(this Tensor x) => Unary.Apply(UnaryOperation.Relu, x);

    /// <summary><c>x·σ(x)</c>.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Silu(this Tensor x) => Unary.Apply(UnaryOperation.Silu, x);

    /// <summary>GELU: <c>½x(1 + tanh(√(2/π)(x + 0.044715x³)))</c>, or exactly <c>½x(1 + erf(x/√2))</c>.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="exact">Whether to take the exact form.</param>
    public static Tensor Gelu(this Tensor x, bool exact = false) => Unary.Apply(exact ? UnaryOperation.GeluErf : UnaryOperation.GeluTanh, x);

    /// <inheritdoc cref="Ops.Abs.Apply"/>
    public static Tensor Abs(this Tensor x) => Ops.Abs.Apply(x);

    /// <inheritdoc cref="Ops.Pow.Apply"/>
    public static Tensor Pow(this Tensor x, double exponent) => Ops.Pow.Apply(x, exponent);

    /// <inheritdoc cref="Ops.Max.Apply(Tensor)"/>
    public static Tensor Max(this Tensor x) => Ops.Max.Apply(x);

    /// <inheritdoc cref="Ops.Max.Apply(Tensor, int, bool)"/>
    public static Tensor Max(this Tensor x, int axis, bool keepDims = false) => Ops.Max.Apply(x, axis, keepDims);

    /// <summary>The smallest of all elements.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Min(this Tensor x) => -Ops.Max.Apply(-x);

    /// <summary>The smallest element along a dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    public static Tensor Min(this Tensor x, int axis, bool keepDims = false) => -Ops.Max.Apply(-x, axis, keepDims);

    /// <inheritdoc cref="Ops.Max.Places"/>
    public static Indices ArgMax(this Tensor x, int axis = -1) => Ops.Max.Places(x, axis);

    /// <summary>The variance of everything or along a dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last; everything by default.</param>
    /// <param name="correction">What is taken off the number of elements: 1, as PyTorch does, or 0 for a population.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    public static Tensor Var(this Tensor x, int? axis = null, int correction = 1, bool keepDims = false) => Variance.Of(x, axis, correction, keepDims);

    /// <summary>The standard deviation of everything or along a dimension.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="axis">The dimension; a negative one counts from the last; everything by default.</param>
    /// <param name="correction">What is taken off the number of elements: 1, as PyTorch does, or 0 for a population.</param>
    /// <param name="keepDims">Whether the dimension stays, with size 1.</param>
    public static Tensor Std(this Tensor x, int? axis = null, int correction = 1, bool keepDims = false) => Variance.Of(x, axis, correction, keepDims).Sqrt();

    /// <summary>a where the condition is not 0, else b; see <see cref="Ops.Where.Apply"/>.</summary>
    /// <param name="condition">What decides, such as <c>a &gt; b</c>.</param>
    /// <param name="a">Taken where the condition is not 0.</param>
    /// <param name="b">Taken where it is.</param>
    public static Tensor Where(this Tensor condition, Tensor a, Tensor b) => Ops.Where.Apply(condition, a, b);

    /// <summary>1 where two tensors are equal, else 0; no gradient flows.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand; shapes broadcast as in NumPy.</param>
    public static Tensor EqualTo(this Tensor a, Tensor b) => Compare.Apply("equal", Comparison.Equal, a, b);

    /// <inheritdoc cref="Ops.Slice.Apply"/>
    public static Tensor Slice(this Tensor x, int axis, Range range) => Ops.Slice.Apply(x, axis, range);

    /// <summary>The rows of a matrix that ids name; see <see cref="EmbeddingOp.Apply"/>.</summary>
    /// <param name="table">The matrix, (V,C).</param>
    /// <param name="ids">Which rows.</param>
    public static Tensor Rows(this Tensor table, Indices ids) => EmbeddingOp.Apply(table, ids);

    /// <inheritdoc cref="Stack.Unsqueeze"/>
    public static Tensor Unsqueeze(this Tensor x, int axis) => Stack.Unsqueeze(x, axis);

    /// <summary>−1, 0 or 1; its derivative is 0.</summary>
    /// <param name="x">Operand.</param>
    public static Tensor Sign(this Tensor x) => Unary.Apply(UnaryOperation.Sign, x);
}
