using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Functions of two numbers.</summary>
public enum BinaryOperation
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,
}

/// <summary>Functions of one number, with their derivatives.</summary>
public enum UnaryOperation
{
    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>ln x.</summary>
    Log,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>x².</summary>
    Square,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>max(x, 0); derivative 0 at 0.</summary>
    Relu,

    /// <summary>x·σ(x).</summary>
    Silu,

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    GeluTanh,

    /// <summary>½x(1 + erf(x/√2)).</summary>
    GeluErf,

    /// <summary>−1, 0 or 1, NaN for NaN; derivative 0.</summary>
    Sign,
}

/// <summary>Elementwise kernels.</summary>
public interface IElementwiseKernels
{
    /// <summary><c>y = a ∘ b</c>, or <c>y += a ∘ b</c>, with broadcasting.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="layout">How a and b fill the common shape.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="y">Result, of the common shape; may be an operand's own view when that operand is whole.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void Binary(BinaryOperation operation, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y, bool accumulate);

    /// <summary>The adjoint of broadcasting operand A: <c>y[i] (+)= alpha·Σ x</c> over the places that <c>i</c> was repeated to.</summary>
    /// <param name="layout">How y (as operand A) fills the common shape.</param>
    /// <param name="alpha">Factor.</param>
    /// <param name="x">Values of the common shape.</param>
    /// <param name="y">Result, of operand A's own shape.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void ReduceToA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate);

    /// <summary>Broadcasts operand A to the common shape: <c>y (+)= alpha·x</c>.</summary>
    /// <param name="layout">How x (as operand A) fills the common shape.</param>
    /// <param name="alpha">Factor.</param>
    /// <param name="x">Values of operand A's own shape.</param>
    /// <param name="y">Result, of the common shape.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void ExpandA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate);

    /// <summary><c>y = f(x)</c>.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="x">Operand.</param>
    /// <param name="y">Result; may be x's own view.</param>
    void Unary(UnaryOperation operation, BufferView x, BufferView y);

    /// <summary><c>dX (+)= f′(x)·dY</c>.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="x">Operand of the forward pass.</param>
    /// <param name="dY">Gradient of the result.</param>
    /// <param name="dX">Gradient of the operand; may be dY's own view when not accumulating.</param>
    /// <param name="accumulate">Whether to add to dX.</param>
    void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate);

    /// <summary><c>y = silu(gate) ⊙ up</c>, row by row: gate and up may be two halves of one wider matrix.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of gate, up and y.</param>
    /// <param name="leading">Elements between rows of gate and of up.</param>
    /// <param name="gate">First operand.</param>
    /// <param name="up">Second operand.</param>
    /// <param name="y">Result, contiguous rows×columns.</param>
    void SwiGlu(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView y);

    /// <summary>Gradients of <see cref="SwiGlu"/>.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of gate, up and dY.</param>
    /// <param name="leading">Elements between rows of gate, up, dGate and dUp.</param>
    /// <param name="gate">First operand.</param>
    /// <param name="up">Second operand.</param>
    /// <param name="dY">Gradient of the result, contiguous.</param>
    /// <param name="dGate">Gradient of gate.</param>
    /// <param name="dUp">Gradient of up.</param>
    /// <param name="accumulate">Whether to add to the gradients.</param>
    void SwiGluBackward(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView dY, BufferView dGate, BufferView dUp, bool accumulate);

    /// <summary>Reorders dimensions: <c>y[i_p(0), i_p(1), …] (+)= x[i_0, i_1, …]</c>.</summary>
    /// <param name="shape">Shape of x.</param>
    /// <param name="order">Which dimension of x becomes each dimension of y; one entry a dimension.</param>
    /// <param name="x">Operand.</param>
    /// <param name="y">Result.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void Permute(Shape shape, ReadOnlySpan<int> order, BufferView x, BufferView y, bool accumulate);
}
