using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

public sealed class UnaryTests
{
    private static readonly float[] Special =
    [
        0, -0f, 1, -1, 0.5f, -0.5f, 1e-45f, -1e-45f, 1e-38f, -1e-38f, 1e-30f, -1e-30f, 1e-4f, -1e-4f, 0.6249999f, 0.625f, -0.625f, 5, -5, 9.99f, 10.01f, -10.01f, 15.5f, -15.5f, 20, -20,
        87, 88, 88.7f, 88.73f, 89.5f, 100, -80, -87, -88, -100, -103.9f, -104.5f, -200, 1e10f, -1e10f, 3e38f, -3e38f, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static TheoryData<UnaryOperation> Operations => [.. Enum.GetValues<UnaryOperation>()];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Values_and_gradients_agree_with_the_oracle(UnaryOperation operation)
    {
        using var rig = new Rig();
        bool positive = operation is UnaryOperation.Log or UnaryOperation.Sqrt;
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed, operation.ToString());
            (int rows, int columns) = rig.TwoSizes();
            Operand x = rig.Real(rows * columns, positive ? 0.01 : -6, 6), y = rig.Real(rows * columns), dY = rig.Real(rows * columns), dX = rig.Real(rows * columns);
            bool accumulate = seed % 2 == 0;
            rig.Run<IElementwiseKernels>((k, at) => k.Unary(operation, x[at], y[at]));
            rig.Check(y);
            rig.Run<IElementwiseKernels>((k, at) => k.UnaryBackward(operation, x[at], dY[at], dX[at], accumulate));
            rig.Check(dX, terms: 10);
            rig.Run<IElementwiseKernels>((k, at) => k.UnaryBackward(operation, x[at], dY[at], dY[at], false));
            rig.Check(dY, terms: 10);
            rig.Run<IElementwiseKernels>((k, at) => k.Unary(operation, x[at], x[at]));
            rig.Check(x);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Special_values_give_the_limits(UnaryOperation operation)
    {
        using var rig = new Rig();
        for (int shift = 0; shift < 16; shift++)
        {
            rig.Begin(shift, operation.ToString());
            Operand x = rig.Real([.. Special[shift..], .. Special[..shift]]), y = rig.Real(Special.Length);
            rig.Run<IElementwiseKernels>((k, at) => k.Unary(operation, x[at], y[at]));
            rig.Check(y);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Derivatives_of_special_values_are_the_limits(UnaryOperation operation)
    {
        // At ±∞ the oracle's own formula is ∞·0; there the limit is asked for in the next test.
        float[] finite = [.. Special.Where(x => !float.IsInfinity(x))];
        using var rig = new Rig();
        rig.Begin(0, operation.ToString());
        Operand x = rig.Real(finite), ones = rig.Real(finite.Length, 1, 1), dX = rig.Real(finite.Length);
        rig.Run<IElementwiseKernels>((k, at) => k.UnaryBackward(operation, x[at], ones[at], dX[at], false));
        rig.Check(dX);
    }

    [Theory]
    [InlineData(UnaryOperation.Silu)]
    [InlineData(UnaryOperation.GeluTanh)]
    [InlineData(UnaryOperation.GeluErf)]
    public void Gates_are_flat_at_minus_infinity_and_the_identity_at_plus_infinity(UnaryOperation operation)
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand x = rig.Real([float.NegativeInfinity, float.PositiveInfinity]), ones = rig.Real(2, 1, 1), dX = rig.Real(2);
        rig.Run<IElementwiseKernels>((k, at) => k.UnaryBackward(operation, x[at], ones[at], dX[at], false));
        Assert.Equal([0, 1], dX.Read(1));
    }
}
