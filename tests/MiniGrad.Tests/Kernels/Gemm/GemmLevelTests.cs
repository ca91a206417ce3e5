using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>The same tests in child processes with less hardware.</summary>
public sealed class GemmLevelTests
{
    [Theory]
    [InlineData(SimdLevel.NoAvx512)]
    [InlineData(SimdLevel.NoAvx2)]
    [InlineData(SimdLevel.NoIntrinsics)]
    public async Task Products_agree_with_less_hardware(SimdLevel level)
    {
        foreach (Type tests in new[] { typeof(GemmTests), typeof(SymmetricProductTests), typeof(GemmDeterminismTests) })
        {
            await SimdChild.RunAsync(level, tests.FullName!, TestContext.Current.CancellationToken);
        }
    }
}
