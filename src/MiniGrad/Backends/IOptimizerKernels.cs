using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Functions of a one-element buffer, so that scalars stay where they were computed.</summary>
public enum ScalarOperation
{
    /// <summary><c>a / (x + b)</c>; 0 when x + b is 0.</summary>
    DivideAdd,

    /// <summary><c>a / max(x, b)</c>; 0 when that is 0.</summary>
    DivideMax,

    /// <summary><c>min(1, a / (x + b))</c>: the factor that clips a norm x to a.</summary>
    ClipFactor,

    /// <summary>1 when x is finite, else 0.</summary>
    IsFinite,

    /// <summary><c>min(max(x, a), b)</c>.</summary>
    Clamp,

    /// <summary><c>a·x + b</c>.</summary>
    Affine,
}

/// <summary>
/// The primitives that optimizer stages are made of. A <c>gate</c> is a one-element view; where it holds 0 the kernel
/// changes nothing, so a step with non-finite gradients leaves parameters and state alone without asking the host.
/// </summary>
public interface IOptimizerKernels
{
    /// <summary><c>z = alpha·s·x + beta·y</c>.</summary>
    /// <param name="alpha">Factor of x.</param>
    /// <param name="scale">One more factor of x, one element, or empty for 1.</param>
    /// <param name="x">First operand.</param>
    /// <param name="beta">Factor of y.</param>
    /// <param name="y">Second operand, or empty for 0; may be z's own view. With beta 0 it is not read.</param>
    /// <param name="z">Result; may be x's or y's own view.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void Axpby(double alpha, BufferView scale, BufferView x, double beta, BufferView y, BufferView z, BufferView gate);

    /// <summary>Momentum and the look ahead in one pass: <c>m = alpha·s·g + beta·m; u = alpha·s·g + beta·m</c> of the new m. A closed gate keeps m but not u.</summary>
    /// <param name="alpha">Factor of the gradient.</param>
    /// <param name="scale">One more factor of the gradient, one element, or empty for 1.</param>
    /// <param name="gradient">g.</param>
    /// <param name="beta">Factor of the momentum.</param>
    /// <param name="momentum">m.</param>
    /// <param name="lookAhead">Receives u.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void MomentumLookAhead(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, BufferView lookAhead, BufferView gate)
    {
        Axpby(alpha, scale, gradient, beta, momentum, momentum, gate);
        Axpby(alpha, scale, gradient, beta, momentum, lookAhead, default);
    }

    /// <summary>Momentum and its sign in one pass: <c>m = alpha·s·g + beta·m; u = sign(m)</c>, or of what <see cref="MomentumLookAhead"/> gives.</summary>
    /// <param name="alpha">Factor of the gradient.</param>
    /// <param name="scale">One more factor of the gradient, one element, or empty for 1.</param>
    /// <param name="gradient">g.</param>
    /// <param name="beta">Factor of the momentum.</param>
    /// <param name="momentum">m.</param>
    /// <param name="looksAhead">Whether the sign is that of the look ahead.</param>
    /// <param name="signs">Receives u; sign(0) = 0.</param>
    /// <param name="gate">One element, or empty for 1. A closed gate keeps m but not u.</param>
    void SignedMomentum(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, bool looksAhead, BufferView signs, BufferView gate)
    {
        if (looksAhead) MomentumLookAhead(alpha, scale, gradient, beta, momentum, signs, gate);
        else Axpby(alpha, scale, gradient, beta, momentum, momentum, gate);
        ((IElementwiseKernels)this).Unary(UnaryOperation.Sign, looksAhead ? signs : momentum, signs);
    }

    /// <summary><see cref="SecondMoment"/> and <see cref="DivideByRoot"/> by what it gives, in one pass.</summary>
    /// <param name="beta">Decay of the moment.</param>
    /// <param name="rule">How x is divided.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="x">Operand.</param>
    /// <param name="v">The second moment.</param>
    /// <param name="correction">The bias correction, one element, or empty for 1.</param>
    /// <param name="y">Result; may be x's own view.</param>
    /// <param name="gate">One element, or empty for 1. A closed gate keeps v but not y.</param>
    void DivideBySecondMoment(double beta, RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y, BufferView gate)
    {
        SecondMoment(beta, x, v, gate);
        DivideByRoot(rule, epsilon, x, v, correction, y);
    }

    /// <summary><c>v = beta·v + (1 − beta)·x²</c>, elementwise.</summary>
    /// <param name="beta">Decay of the moment.</param>
    /// <param name="x">Operand.</param>
    /// <param name="v">The second moment.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void SecondMoment(double beta, BufferView x, BufferView v, BufferView gate);

    /// <summary><c>y = x / (√(v/c) + ε)</c> or <c>x / √max(v/c, ε)</c>, elementwise.</summary>
    /// <param name="rule">Which of the two.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="x">Operand.</param>
    /// <param name="v">Second moment.</param>
    /// <param name="correction">The bias correction c, one element, or empty for 1.</param>
    /// <param name="y">Result; may be x's own view. 0/0 (ε = 0) is 0.</param>
    void DivideByRoot(RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y);

    /// <summary><c>w = (1 − decay)·w − step·s·u</c>.</summary>
    /// <param name="step">Learning rate times constant factors.</param>
    /// <param name="scale">One more factor of the step, one element, or empty for 1.</param>
    /// <param name="u">The update.</param>
    /// <param name="decay">Weight decay of this step.</param>
    /// <param name="cautious">Whether only entries with <c>s·u ⊙ w ≥ 0</c> decay (arXiv 2510.12402).</param>
    /// <param name="w">The parameter.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void ApplyUpdate(double step, BufferView scale, BufferView u, double decay, bool cautious, BufferView w, BufferView gate);

    /// <summary>
    /// One AdamW step in one pass: <c>m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; w = (1−decay)w − step·(m/c₁)/(√(v/c₂)+ε)</c>,
    /// with <c>g</c> the gradient times <paramref name="scale"/>.
    /// </summary>
    /// <param name="call">Hyper-parameters.</param>
    /// <param name="gradient">The gradient, not modified.</param>
    /// <param name="scale">Factor of the gradient, one element, or empty for 1.</param>
    /// <param name="m">First moment.</param>
    /// <param name="v">Second moment.</param>
    /// <param name="correction1">c₁ = 1 − β₁ᵗ, one element, or empty for 1.</param>
    /// <param name="correction2">c₂ = 1 − β₂ᵗ, one element, or empty for 1.</param>
    /// <param name="w">The parameter.</param>
    /// <param name="gate">One element, or empty for 1.</param>
    void AdamW(in AdamWCall call, BufferView gradient, BufferView scale, BufferView m, BufferView v, BufferView correction1, BufferView correction2, BufferView w, BufferView gate);

    /// <summary><c>result = f(x; a, b)</c> of one element.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="a">First constant.</param>
    /// <param name="b">Second constant.</param>
    /// <param name="x">One element.</param>
    /// <param name="result">One element; may be x's own view.</param>
    void Scalar(ScalarOperation operation, double a, double b, BufferView x, BufferView result);

    /// <summary><see cref="Scalar"/> of every element.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="a">First constant.</param>
    /// <param name="b">Second constant.</param>
    /// <param name="x">Operands.</param>
    /// <param name="results">As many; may be x's own view.</param>
    void Scalars(ScalarOperation operation, double a, double b, BufferView x, BufferView results)
    {
        for (int i = 0; i < x.Length; i++) Scalar(operation, a, b, x.Element(i), results.Element(i));
    }

    /// <summary><c>yᵢ = fᵢ·xᵢ</c> for vectors of equal length that lie one behind the other.</summary>
    /// <param name="factors">One element a vector; at least one.</param>
    /// <param name="x">The vectors.</param>
    /// <param name="y">Results; may be x's own view.</param>
    void ScaleEach(BufferView factors, BufferView x, BufferView y)
    {
        long length = x.Length / factors.Length;
        for (int i = 0; i < factors.Length; i++) Axpby(1, factors.Element(i), x.Slice(i * length, length), 0, default, y.Slice(i * length, length), default);
    }
}

/// <summary>Hyper-parameters of one AdamW step.</summary>
/// <param name="Step">Learning rate η.</param>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε, added after the root.</param>
/// <param name="Decay">ηλ, subtracted from 1.</param>
public readonly record struct AdamWCall(double Step, double Beta1, double Beta2, double Epsilon, double Decay);
