using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using MiniGrad.Ilgpu;
using MiniGrad.Ilgpu.Kernels;

namespace MiniGrad.Tests.Backends;

/// <summary>What the kernels become for CUDA: PTX is compiled without a driver or a device.</summary>
public sealed partial class PtxTests
{
    public static TheoryData<string> Kernels => [.. Methods().Select(method => $"{method.DeclaringType!.Name}.{method.Name}")];

    [Fact]
    public void The_matrix_product_keeps_its_tile_in_registers()
    {
        string ptx = Compile(typeof(GemmKernels).GetMethod(nameof(GemmKernels.Gemm16))!);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        // The innermost loop is the block with the shared loads: 8 of them feed 16 products.
        string[] blocks = Labels().Split(ptx);
        string inner = blocks.MaxBy(block => Count(block, "ld.shared"))!;
        Assert.Equal(8, Count(inner, "ld.shared"));
        Assert.True(Count(inner, "mul.f32") + Count(inner, "mul.rn.f32") + Count(inner, "fma") >= 16, inner);
        Assert.Equal(0, Count(inner, "ld.local") + Count(inner, "st.local") + Count(inner, "ld.global"));
    }

    [Theory]
    [InlineData(typeof(GemmKernels), nameof(GemmKernels.Gemm16Large))]
    [InlineData(typeof(SymmetricKernels), nameof(SymmetricKernels.Symmetric16Large))]
    public void The_large_tile_is_fed_by_vectors_and_stays_in_registers(Type kernels, string name)
    {
        string ptx = Compile(kernels.GetMethod(name)!);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("st.shared.v4.f32", ptx, StringComparison.Ordinal);
        // 4 vectors feed 64 products, and nothing else touches memory there.
        string[] blocks = Labels().Split(ptx);
        string inner = blocks.MaxBy(block => Count(block, "ld.shared"))!;
        Assert.Equal((4, 4), (Count(inner, "ld.shared.v4.f32"), Count(inner, "ld.shared")));
        // Without a rounding mode, which would keep the driver from making fused multiply-adds of them.
        Assert.Equal((64, 64), (Count(inner, "mul.f32"), Count(inner, "add.f32")));
        Assert.Equal(0, Count(inner, "st.") + Count(inner, "ld.global") + Count(inner, "bar.sync"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_kernel_compiles_for_CUDA_without_local_memory(string name)
    {
        string ptx = Compile(Methods().Single(method => $"{method.DeclaringType!.Name}.{method.Name}" == name));
        Assert.Contains(".entry", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s*[A-Za-z_$][\w$]*:", RegexOptions.Multiline)]
    private static partial Regex Labels();

    private static int Count(string text, string instruction) => text.Split(instruction).Length - 1;

    private static MethodInfo[] Methods() =>
    [
        .. typeof(GemmKernels).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(GemmKernels).Namespace && type.Name.EndsWith("Kernels", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .OrderBy(method => method.DeclaringType!.Name + method.Name),
    ];

    private static string Compile(MethodInfo kernel)
    {
        bool indexed = kernel.GetParameters().Length == 2;
        EntryPointDescription entry = indexed ? EntryPointDescription.FromImplicitlyGroupedKernel(kernel) : EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        using Context context = Context.Create(IlgpuSession.Configure);
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null!);
        return ((PTXCompiledKernel)backend.Compile(entry, new KernelSpecialization(256, 1))).PTXAssembly;
    }
}
