using System.Globalization;
using MiniGrad.Tests.Build;

[assembly: AssemblyFixture(typeof(SimdExpectation))]

namespace MiniGrad.Tests.Build;

/// <summary>
/// Made before the first test of a run: in a child of <see cref="SimdChild"/> every test fails unless the hardware that
/// was to be switched off is off, so a run that tested the wrong code path cannot be green.
/// </summary>
public sealed class SimdExpectation
{
    public SimdExpectation()
    {
        if (Environment.GetEnvironmentVariable(SimdChild.Expectation) is not { } expectation) return;
        int[] bits = [.. expectation.Split("..").Select(b => int.Parse(b, CultureInfo.InvariantCulture))];
        Assert.InRange(SimdChild.WidestVector, bits[0], bits[1]);
    }
}
