using MiniGrad.Ops;

namespace MiniGrad.Tensors;

/// <content>Arithmetic. Operators must be members of the struct; the ops that they call are in <c>MiniGrad.Ops</c>.</content>
public readonly partial struct Tensor
{
    /// <summary><c>a + b</c>, with broadcasting.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Ops.Add.Apply(a, b);

    /// <summary><c>a + c</c> with a constant.</summary>
    public static Tensor operator +(Tensor a, double c) => Ops.Add.Apply(a, a.Constant(c));

    /// <summary><c>c + b</c> with a constant.</summary>
    public static Tensor operator +(double c, Tensor b) => b + c;

    /// <summary><c>a − b</c>, with broadcasting.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Ops.Subtract.Apply(a, b);

    /// <summary><c>a − c</c> with a constant.</summary>
    public static Tensor operator -(Tensor a, double c) => a + -c;

    /// <summary><c>c − b</c> with a constant.</summary>
    public static Tensor operator -(double c, Tensor b) => Ops.Subtract.Apply(b.Constant(c), b);

    /// <summary><c>−a</c>.</summary>
    public static Tensor operator -(Tensor a) => Scale.Apply(a, -1);

    /// <summary><c>a ⊙ b</c>, element by element, with broadcasting; <see cref="TensorExtensions.MatMul"/> is the matrix product.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Ops.Multiply.Apply(a, b);

    /// <summary><c>c·a</c> with a constant.</summary>
    public static Tensor operator *(Tensor a, double c) => Scale.Apply(a, c);

    /// <summary><c>c·b</c> with a constant.</summary>
    public static Tensor operator *(double c, Tensor b) => Scale.Apply(b, c);

    /// <summary><c>a / b</c>, element by element, with broadcasting.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Ops.Divide.Apply(a, b);

    /// <summary><c>a / c</c> with a constant.</summary>
    public static Tensor operator /(Tensor a, double c) => Scale.Apply(a, 1 / c);

    /// <summary><c>c / b</c> with a constant.</summary>
    public static Tensor operator /(double c, Tensor b) => Ops.Divide.Apply(b.Constant(c), b);

    private Tensor Constant(double value)
    {
        Context.Tracks("constant", this);
        return Context.Full([], value);
    }
}
