using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad;

/// <content>Contexts without naming a back end.</content>
public sealed partial class ComputeContext
{
    // For scripts alone: everything in the library takes the context that it is given.
    private static readonly Lazy<ComputeContext> Script = new(() => Cpu());

    /// <summary>
    /// The context of a program that names none: all cores of the CPU in float32, made when it is first asked for, the same
    /// for the whole process. <c>Tensor.Zeros</c> and its like, and modules that were not initialized otherwise, live there.
    /// Like every context it is used by one thread at a time; a program with two trainings makes a context for each.
    /// </summary>
    public static ComputeContext Default => Script.Value;

    /// <summary>A context on the CPU, in float32.</summary>
    /// <param name="threads">Threads of the kernels; 0 takes one a core.</param>
    public static ComputeContext Cpu(int threads = 0) => new(new CpuBackend(threads));

    /// <summary>A context in float64 on the plain reference kernels: slow and exact, for <see cref="GradCheck"/>.</summary>
    public static ComputeContext Float64() => new(new ReferenceBackend<double>());
}
