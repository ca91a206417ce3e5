#if ILGPU
using MiniGrad.Backends;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Ilgpu;

/// <summary>Tests on ILGPU share accelerators, so they run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = false)]
public sealed class IlgpuCollection
{
    public const string Name = "ilgpu";
}

[Collection(IlgpuCollection.Name)]
public sealed class IlgpuCpuKernels : KernelContract
{
    protected override IBackend Create() => TestDevices.Open(TestDevices.Cpu);
}

[Collection(IlgpuCollection.Name)]
public sealed class IlgpuOpenClKernels : KernelContract
{
    protected override IBackend Create() => TestDevices.Open(TestDevices.OpenCl);
}

[Collection(IlgpuCollection.Name)]
public sealed class IlgpuCudaKernels : KernelContract
{
    protected override IBackend Create() => TestDevices.Open(TestDevices.Cuda);
}
#endif
