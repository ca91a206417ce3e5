using MathNet.Numerics;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Backends;

public class ErrorFunctionTests
{
    // To 17 digits, from a 40-digit evaluation.
    [Theory]
    [InlineData(0.1, 0.11246291601828489, 0.88753708398171511)]
    [InlineData(0.5, 0.52049987781304654, 0.47950012218695346)]
    [InlineData(1.0, 0.84270079294971487, 0.15729920705028513)]
    [InlineData(1.5, 0.96610514647531073, 0.033894853524689273)]
    [InlineData(2.0, 0.99532226501895273, 0.0046777349810472658)]
    [InlineData(3.0, 0.99997790950300141, 2.2090496998585441e-05)]
    [InlineData(5.0, 0.99999999999846254, 1.5374597944280349e-12)]
    [InlineData(10.0, 1.0, 2.0884875837625448e-45)]
    [InlineData(26.0, 1.0, 5.6631924088561428e-296)]
    public void TheRelativeErrorIsBelow1e15(double x, double erf, double erfc)
    {
        Assert.InRange(ErrorFunction.Erf(x) / erf, 1 - 1e-15, 1 + 1e-15);
        Assert.InRange(ErrorFunction.Erfc(x) / erfc, 1 - 1e-15, 1 + 1e-15);
        Assert.Equal(-ErrorFunction.Erf(x), ErrorFunction.Erf(-x));
        Assert.Equal(1 + ErrorFunction.Erf(x), ErrorFunction.Erfc(-x), 2e-15);
    }

    [Fact]
    public void ItAgreesWithMathNetOnAFineGrid()
    {
        for (int i = -6000; i <= 6000; i++)
        {
            double x = i / 1000.0;
            Assert.Equal(SpecialFunctions.Erf(x), ErrorFunction.Erf(x), 1e-15);
            Assert.Equal(SpecialFunctions.Erfc(x), ErrorFunction.Erfc(x), 1e-15);
        }
    }

    [Fact]
    public void TheEndsAreExact()
    {
        Assert.Equal(0, ErrorFunction.Erf(0));
        Assert.Equal(1, ErrorFunction.Erf(double.PositiveInfinity));
        Assert.Equal(-1, ErrorFunction.Erf(double.NegativeInfinity));
        Assert.Equal(0, ErrorFunction.Erfc(double.PositiveInfinity));
        Assert.Equal(2, ErrorFunction.Erfc(double.NegativeInfinity));
        Assert.Equal(double.NaN, ErrorFunction.Erf(double.NaN));
    }
}
