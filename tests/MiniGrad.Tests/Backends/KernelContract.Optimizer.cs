using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    [Fact]
    public void AxpbyScalesAddsAndMayBeGated()
    {
        BufferView x = Of(1, 2), y = Of(10, 20), z = Of(double.NaN, double.NaN);
        Backend.Axpby(3, default, x, 0, z, z, default);
        Holds(z, 3, 6);
        Backend.Axpby(1, Of(0.5), x, -1, y, z, Of(1));
        Holds(z, -9.5, -19);
        Backend.Axpby(1, default, x, 1, y, z, Of(0));
        Holds(z, -9.5, -19);
        Backend.Axpby(2, default, x, 1, y, y, default);
        Holds(y, 12, 24);
        Backend.Axpby(-1, default, x, 0, default, x, default);
        Holds(x, -1, -2);
    }

    [Fact]
    public void MomentumAndLookAheadAreOnePass()
    {
        BufferView m = Of(8, -4), u = Backend.Room(2);
        Backend.MomentumLookAhead(2, Of(0.5), Of(1, 3), 0.5, m, u, Of(1));
        Holds(m, 5, 1);
        Holds(u, 3.5, 3.5);
        Backend.MomentumLookAhead(1, default, Of(1, 3), 0.5, m, u, Of(0));
        Holds(m, 5, 1);
        Holds(u, 3.5, 3.5);
        Backend.MomentumLookAhead(1, default, Of(1, 3), 0.5, m, u, default);
        Holds(m, 3.5, 3.5);
        Holds(u, 2.75, 4.75);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SignsOfTheMomentumAreThoseOfTwoPasses(bool looksAhead)
    {
        foreach (BufferView gate in (BufferView[])[default, Of(1), Of(0)])
        {
            BufferView g = Of(1, 3, 0, -2, 0.5), m = Of(8, -4, 0, 2, -1), expected = Of(8, -4, 0, 2, -1), u = Backend.Room(5), signs = Backend.Room(5);
            Backend.SignedMomentum(2, Of(0.5), g, 0.5, m, looksAhead, u, gate);
            Backend.MomentumLookAhead(2, Of(0.5), g, 0.5, expected, signs, gate);
            if (!looksAhead) Backend.Copy(expected, signs);
            Backend.Unary(UnaryOperation.Sign, signs, signs);
            Holds(m, Backend.Read(expected));
            Holds(u, Backend.Read(signs));
        }
    }

    [Theory]
    [InlineData(RootRule.Divide)]
    [InlineData(RootRule.Clamp)]
    public void DivisionByTheSecondMomentIsThatOfTwoPasses(RootRule rule)
    {
        foreach (BufferView gate in (BufferView[])[default, Of(1), Of(0)])
        {
            foreach (BufferView correction in (BufferView[])[default, Of(0.25)])
            {
                BufferView x = Of(4, 0, -2, 0), v = Of(4, 0, 1, 9), expected = Of(4, 0, 1, 9), y = Backend.Room(4), quotient = Backend.Room(4);
                Backend.DivideBySecondMoment(0.75, rule, 0, x, v, correction, y, gate);
                Backend.SecondMoment(0.75, x, expected, gate);
                Backend.DivideByRoot(rule, 0, x, expected, correction, quotient);
                Holds(v, Backend.Read(expected));
                Holds(y, Backend.Read(quotient));
            }
        }
    }

    [Fact]
    public void SecondMomentAndItsRoot()
    {
        BufferView v = Of(4, 0), x = Of(2, 0);
        Backend.SecondMoment(0.75, Of(4, 0), v, default);
        Holds(v, 7, 0);
        Backend.SecondMoment(0.75, Of(4, 1), v, Of(0));
        Holds(v, 7, 0);
        BufferView y = Backend.Room(2);
        Backend.DivideByRoot(RootRule.Divide, 0, x, Of(4, 0), default, y);
        Holds(y, 1, 0);
        Backend.DivideByRoot(RootRule.Divide, 1, x, Of(4, 4), Of(0.25), y);
        Holds(y, 0.4, 0);
        Backend.DivideByRoot(RootRule.Clamp, 16, x, Of(4, 0), default, x);
        Holds(x, 0.5, 0);
    }

    [Fact]
    public void ApplyUpdateDecaysAllOrCautiously()
    {
        BufferView w = Of(1, -1), u = Of(2, 2);
        Backend.ApplyUpdate(0.5, default, u, 0.1, cautious: false, w, default);
        Holds(w, 0.9 - 1, -0.9 - 1);
        BufferView cautious = Of(1, -1);
        Backend.ApplyUpdate(0.5, Of(2), u, 0.1, cautious: true, cautious, Of(1));
        Holds(cautious, 0.9 - 2, -1 - 2);
        Backend.ApplyUpdate(0.5, Of(2), u, 0.1, cautious: true, cautious, Of(0));
        Holds(cautious, 0.9 - 2, -1 - 2);
    }

    [Fact]
    public void AdamWTakesOneStep()
    {
        BufferView gradient = Of(2), m = Of(0), v = Of(0), w = Of(1);
        var call = new AdamWCall(Step: 0.1, Beta1: 0.5, Beta2: 0.75, Epsilon: 1, Decay: 0.25);
        Backend.AdamW(call, gradient, Of(0.5), m, v, Of(0.5), Of(0.25), w, default);
        // g = 1; m = ½, v = ¼, both corrected to 1: 0.75 − 0.1·1/(1 + 1).
        Holds(m, 0.5);
        Holds(v, 0.25);
        Holds(w, 0.7);
        Holds(gradient, 2);
        Backend.AdamW(call, Of(double.NaN), default, m, v, default, default, w, Of(0));
        Holds(w, 0.7);
        Holds(m, 0.5);
    }

    [Theory]
    [InlineData(ScalarOperation.DivideAdd, 6, 1, 2, 2)]
    [InlineData(ScalarOperation.DivideAdd, 6, 0, 0, 0)]
    [InlineData(ScalarOperation.DivideMax, 6, 3, 2, 2)]
    [InlineData(ScalarOperation.DivideMax, 6, 0, 0, 0)]
    [InlineData(ScalarOperation.ClipFactor, 1, 0, 4, 0.25)]
    [InlineData(ScalarOperation.ClipFactor, 1, 0, 0.5, 1)]
    [InlineData(ScalarOperation.ClipFactor, 1, 0, 0, 1)]
    [InlineData(ScalarOperation.IsFinite, 0, 0, 5, 1)]
    [InlineData(ScalarOperation.IsFinite, 0, 0, double.NaN, 0)]
    [InlineData(ScalarOperation.IsFinite, 0, 0, double.NegativeInfinity, 0)]
    [InlineData(ScalarOperation.Clamp, -1, 2, 5, 2)]
    [InlineData(ScalarOperation.Clamp, -1, 2, -5, -1)]
    [InlineData(ScalarOperation.Clamp, -1, 2, 0.5, 0.5)]
    [InlineData(ScalarOperation.Affine, 3, 1, 2, 7)]
    public void ScalarFunctions(ScalarOperation operation, double a, double b, double x, double expected)
    {
        BufferView value = Of(x), result = Backend.Room(1);
        Backend.Scalar(operation, a, b, value, result);
        Holds(result, expected);
        Backend.Scalar(operation, a, b, value, value);
        Holds(value, expected);
    }
}
