using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void GemmMultipliesInEveryOrientation(bool transposeA, bool transposeB)
    {
        BufferView a = transposeA ? Of(1, 4, 2, 5, 3, 6) : Of(1, 2, 3, 4, 5, 6);
        BufferView b = transposeB ? Of(7, 9, 11, 8, 10, 12) : Of(7, 8, 9, 10, 11, 12);
        BufferView c = Backend.Room(4);
        Backend.Gemm(new GemmCall { A = a, B = b, C = c, M = 2, N = 2, K = 3, TransposeA = transposeA, TransposeB = transposeB, LeadingA = transposeA ? 2 : 3, LeadingB = transposeB ? 3 : 2, LeadingC = 2 });
        Holds(c, 58, 64, 139, 154);
    }

    [Fact]
    public void GemmAppliesItsEpilogueInOrder()
    {
        BufferView c = Of(10, 20), z = Backend.Room(2);
        var call = new GemmCall { A = Of(2), B = Of(3, -1), C = c, M = 1, N = 2, K = 1, LeadingA = 1, LeadingB = 2, LeadingC = 2, Alpha = 0.5, Accumulate = true, Bias = Of(-12, -19), PreActivation = z, Activation = Activation.Silu, Residual = Of(100, 200) };
        Backend.Gemm(call);
        // ½·2·(3, −1) + (10, 20) + (−12, −19) = (1, 0).
        Holds(z, 1, 0);
        Holds(c, 100 + (1 / (1 + Math.Exp(-1))), 200);

        BufferView inPlace = Of(5, 7);
        Backend.Gemm(call with { C = inPlace, Residual = inPlace, Accumulate = false, Bias = default, Activation = Activation.None, PreActivation = default, Alpha = 1 });
        Holds(inPlace, 5 + 6, 7 - 2);
    }

    [Theory]
    [InlineData(Activation.GeluTanh, 0.8411919906082768)]
    [InlineData(Activation.GeluErf, 0.8413447460685429)]
    [InlineData(Activation.Silu, 0.7310585786300049)]
    [InlineData(Activation.None, 1)]
    public void GemmActivates(Activation activation, double atOne)
    {
        BufferView c = Backend.Room(1);
        Backend.Gemm(new GemmCall { A = Of(1), B = Of(1), C = c, M = 1, N = 1, K = 1, LeadingA = 1, LeadingB = 1, LeadingC = 1, Activation = activation });
        Holds(c, atOne);
    }

    [Fact]
    public void GemmRunsBatchesOfPartsOfWiderMatrices()
    {
        // Two products of 1×2 by a shared 2×1; A in rows of 3, C in rows of 2 whose second column stays.
        BufferView a = Of(1, 2, -1, 3, 4, -1), c = Of(0, 9, 0, 9);
        Backend.Gemm(new GemmCall { A = a, B = Of(10, 100), C = c, M = 1, N = 1, K = 2, LeadingA = 3, LeadingB = 1, LeadingC = 2, Batch = 2, StrideA = 3, StrideB = 0, StrideC = 2 });
        Holds(c, 210, 9, 430, 9);
    }

    [Fact]
    public void GemmWithoutInnerSizeGivesZerosAndItsEpilogue()
    {
        BufferView empty = Backend.Room(0), c = Of(1, 2, 3, 4);
        var call = new GemmCall { A = empty, B = empty, C = c, M = 2, N = 2, K = 0, LeadingA = 0, LeadingB = 2, LeadingC = 2 };
        Backend.Gemm(call with { Accumulate = true, Bias = Of(10, 20) });
        Holds(c, 11, 22, 13, 24);
        Backend.Gemm(call);
        Holds(c, 0, 0, 0, 0);
    }

    [Fact]
    public void SymmetricProductEvaluatesAQuadraticPolynomial()
    {
        BufferView a = Of(2, 1, 1, 3), c = Backend.Room(4);
        Backend.SymmetricProduct(new SymmetricCall { P = a, Q = a, C = c, N = 2, K = 2, Alpha = 0.5, D = a, Beta = -2, Diagonal = 3 });
        Holds(c, 1.5, 0.5, 0.5, 2);
        BufferView p = Of(1, 2, 3, 4, 5, 6);
        Backend.SymmetricProduct(new SymmetricCall { P = p, Q = p, C = c, N = 2, K = 3 });
        Holds(c, 14, 32, 32, 77);
        BufferView tall = Of(1, 4, 2, 5, 3, 6);
        Backend.SymmetricProduct(new SymmetricCall { P = tall, Q = tall, C = c, N = 2, K = 3, Transposed = true });
        Holds(c, 14, 32, 32, 77);
    }

    [Fact]
    public void ReductionsSum()
    {
        BufferView x = Of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), y = Of(1, 1, 1, 1), one = Backend.Room(1);
        Backend.SumAxis(2, 3, 2, 1, x, y, accumulate: false);
        Holds(y, 9, 12, 27, 30);
        Backend.SumAxis(2, 3, 2, -1, x, y, accumulate: true);
        Holds(y, 0, 0, 0, 0);
        Backend.Dot(x.Slice(0, 3), x.Slice(3, 3), one);
        Holds(one, 32);
        Backend.Norm(Of(3, 0, -4), one);
        Holds(one, 5);
        Backend.Norm(Of(0, 0), one);
        Holds(one, 0);
    }

    [Fact]
    public void NormIsFreeOfUnderflowAndOverflow()
    {
        double tiny = Backend.RealSize == sizeof(double) ? 1e-300 : 1e-30, huge = Backend.RealSize == sizeof(double) ? 1e300 : 1e30;
        BufferView norm = Backend.Room(1);
        Backend.Norm(Of(3 * tiny, 4 * tiny), norm);
        Assert.Equal(5, Backend.Read(norm)[0] / tiny, 1e-5);
        Backend.Norm(Of(3 * huge, -4 * huge), norm);
        Assert.Equal(5, Backend.Read(norm)[0] / huge, 1e-5);
        Backend.Norm(Of(1, double.NaN), norm);
        Assert.Equal(double.NaN, Backend.Read(norm)[0]);
        Backend.Norm(Of(1, double.NegativeInfinity), norm);
        Assert.False(double.IsFinite(Backend.Read(norm)[0]));
    }
}
