using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Xunit.Sdk;

namespace MiniGrad.Tests.Build;

/// <summary>The switches that take hardware away do so, and a child in which they did not is reported.</summary>
public sealed class SimdChildTests
{
    [Theory]
    [InlineData(SimdLevel.NoAvx512)]
    [InlineData(SimdLevel.NoAvx2)]
    [InlineData(SimdLevel.NoIntrinsics)]
    public Task Switch_takes_effect(SimdLevel level) =>
        SimdChild.RunAsync(level, [typeof(SimdProbe)], TestContext.Current.CancellationToken);

    [Fact]
    public async Task Child_without_the_expected_level_fails()
    {
        Task child = SimdChild.RunAsync(SimdLevel.NoIntrinsics, [typeof(SimdProbe).FullName!], "512..512", TestContext.Current.CancellationToken);
        XunitException failure = await Assert.ThrowsAsync<TrueException>(() => child);
        Assert.Contains("Actual", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_that_ran_nothing_fails()
    {
        Task child = SimdChild.RunAsync(SimdLevel.NoAvx512, ["MiniGrad.Tests.NoSuchClass"], "0..256", TestContext.Current.CancellationToken);
        XunitException failure = await Assert.ThrowsAsync<TrueException>(() => child);
        Assert.Contains("0 tests ran", failure.Message, StringComparison.Ordinal);
    }
}

/// <summary>Run in the children, and in the parent, where it checks the measure itself.</summary>
public sealed class SimdProbe
{
    [Fact]
    public void Widest_vector_agrees_with_the_instruction_sets()
    {
        Assert.Equal(Avx2.IsSupported, SimdChild.WidestVector >= 256);
        Assert.Equal(Vector128.IsHardwareAccelerated, SimdChild.WidestVector >= 128);
    }
}
