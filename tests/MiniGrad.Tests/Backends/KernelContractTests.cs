using MiniGrad.Backends;
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

public sealed class FarMemoryKernels : KernelContract
{
    protected override IBackend Create() => new FarMemoryBackend();
}
