using MiniGrad.Backends;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Backends;

public sealed class ReferenceFloat64Kernels : KernelContract
{
    protected override IBackend Create() => new ReferenceBackend<double>();
}

public sealed class ReferenceFloat32Kernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.Reference);
}

public sealed class CpuKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.Cpu);
}

public sealed class FarMemoryKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.Far);
}

[Collection(DeviceCollection.Name)]
public sealed class IlgpuCpuKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.IlgpuCpu);
}

[Collection(DeviceCollection.Name)]
public sealed class IlgpuOpenClKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.IlgpuOpenCl);
}

[Collection(DeviceCollection.Name)]
public sealed class IlgpuCudaKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.IlgpuCuda);
}

[Collection(DeviceCollection.Name)]
public sealed class IlgpuStandInKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.IlgpuStandIn);
}

[Collection(DeviceCollection.Name)]
public sealed class IlgpuCuBlasKernels : KernelContract
{
    protected override IBackend Create() => NamedBackends.Open(NamedBackends.IlgpuCuBlas);
}
