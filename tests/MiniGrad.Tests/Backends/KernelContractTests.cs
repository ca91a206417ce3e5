using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Backends;

public sealed class ReferenceFloat64Kernels : KernelContract
{
    protected override IBackend Create() => new ReferenceBackend<double>();
}

public sealed class ReferenceFloat32Kernels : KernelContract
{
    protected override IBackend Create() => new ReferenceBackend<float>();
}

public sealed class CpuKernels : KernelContract
{
    protected override IBackend Create() => new CpuBackend(2);
}

public sealed class FarMemoryKernels : KernelContract
{
    protected override IBackend Create() => new FarMemoryBackend();
}
