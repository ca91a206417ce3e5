using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Kernels;

/// <summary>The kernel tests once more with less hardware: AVX2, 128-bit vectors, none.</summary>
public sealed class ReducedSimdTests
{
    private static readonly Type[] Classes =
    [
        typeof(AllocationTests), typeof(AttentionTests), typeof(BroadcastTests), typeof(ExpertTests), typeof(LanesTests), typeof(NormalizationTests), typeof(OptimizerTests), typeof(PairAttentionTests),
        typeof(RearrangingTests), typeof(ReductionTests), typeof(SelectionTests), typeof(SimdMathTests), typeof(TokenTests), typeof(UnaryTests),
    ];

    [Theory]
    [InlineData(SimdLevel.NoAvx512)]
    [InlineData(SimdLevel.NoAvx2)]
    [InlineData(SimdLevel.NoIntrinsics)]
    public Task Kernels_work_with_less_hardware(SimdLevel level) => SimdChild.RunAsync(level, Classes, TestContext.Current.CancellationToken);

    [Fact]
    public void Every_kernel_test_is_run_so()
    {
        IEnumerable<Type> found = typeof(ReducedSimdTests).Assembly.GetTypes().Where(type => type.Namespace == typeof(ReducedSimdTests).Namespace && type.IsPublic && type != typeof(ReducedSimdTests));
        Assert.Equal(found.Select(type => type.Name).Order(), Classes.Select(type => type.Name).Order());
    }
}
