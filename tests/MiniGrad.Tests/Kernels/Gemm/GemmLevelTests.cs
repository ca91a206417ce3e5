using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>The same tests in child processes with less hardware.</summary>
public sealed class GemmLevelTests
{
    [Theory]
    [InlineData(SimdLevel.NoAvx512)]
    [InlineData(SimdLevel.NoAvx2)]
    [InlineData(SimdLevel.NoIntrinsics)]
    public Task Products_agree_with_less_hardware(SimdLevel level) =>
        SimdChild.RunAsync(level, [typeof(GemmTests), typeof(SymmetricProductTests), typeof(Bfloat16Tests)], TestContext.Current.CancellationToken);

    [Fact]
    public Task Bfloat16_products_keep_their_bits_without_machine_code() =>
        TestChild.RunAsync("bfloat16 with MINIGRAD_JIT=0", ["-class", typeof(Bfloat16Tests).FullName!], environment => environment["MINIGRAD_JIT"] = "0", TestContext.Current.CancellationToken);
}
