using System.Runtime.CompilerServices;
using MiniGrad.Backends;
using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad;

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

    /// <summary>1 where <c>a &gt; b</c>, else 0, with broadcasting; no gradient flows.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Compare.Apply("greater", Comparison.Greater, a, b);

    /// <summary>1 where <c>a &lt; b</c>, else 0, with broadcasting; no gradient flows.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Compare.Apply("less", Comparison.Greater, b, a);

    /// <summary>1 where <c>a ≥ b</c>, else 0, with broadcasting; no gradient flows.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Compare.Apply("greater_equal", Comparison.GreaterOrEqual, a, b);

    /// <summary>1 where <c>a ≤ b</c>, else 0, with broadcasting; no gradient flows.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Compare.Apply("less_equal", Comparison.GreaterOrEqual, b, a);

    /// <summary>1 where <c>a &gt; c</c>, else 0; no gradient flows.</summary>
    public static Tensor operator >(Tensor a, double c) => a > a.Constant(c);

    /// <summary>1 where <c>a &lt; c</c>, else 0; no gradient flows.</summary>
    public static Tensor operator <(Tensor a, double c) => a < a.Constant(c);

    /// <summary>1 where <c>a ≥ c</c>, else 0; no gradient flows.</summary>
    public static Tensor operator >=(Tensor a, double c) => a >= a.Constant(c);

    /// <summary>1 where <c>a ≤ c</c>, else 0; no gradient flows.</summary>
    public static Tensor operator <=(Tensor a, double c) => a <= a.Constant(c);

    /// <summary>One place of the first dimension, which goes away; <c>x[^1]</c> is the last.</summary>
    /// <param name="place">The place.</param>
    [IndexerName("Place")]
    public Tensor this[Index place]
    {
        get
        {
            if (Shape.Rank == 0) throw Errors.Shape("index", Shape, "a scalar has no places; use Item()");
            int start = place.GetOffset(Shape[0]);
            return Ops.Slice.Apply(this, 0, start..(start + 1)).Reshape(Shapes.Without(Shape, 0));
        }
    }

    /// <summary>Some places of the first dimension, such as <c>x[1..3]</c>; <see cref="TensorExtensions.Slice"/> takes them of any.</summary>
    /// <param name="places">The places.</param>
    [IndexerName("Place")]
    public Tensor this[Range places] => Ops.Slice.Apply(this, 0, places);

    /// <summary>Joins tensors along a dimension in which alone they may differ.</summary>
    /// <param name="axis">The dimension; a negative one counts from the last.</param>
    /// <param name="parts">At least one tensor.</param>
    public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts) => Ops.Concat.Apply(axis, parts);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    /// <param name="axis">Where the new dimension comes to stand; a negative one counts from the last of the result.</param>
    /// <param name="parts">At least one tensor.</param>
    public static Tensor Stack(int axis, params ReadOnlySpan<Tensor> parts) => Ops.Stack.Apply(axis, parts);

    private Tensor Constant(double value)
    {
        Context.Tracks("constant", this);
        return Context.Full([], value);
    }
}
