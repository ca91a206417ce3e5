using System.Globalization;
using ILGPU;
using ILGPU.Runtime;

namespace MiniGrad.Ilgpu;

/// <summary>
/// An opened device: ILGPU's context and accelerator, disposed together, and the kernels compiled for it. The context
/// lists no devices of its own (so never the CPU accelerator); the accelerator is made from a device that
/// <see cref="IlgpuDevices.Discover"/> found.
/// </summary>
public sealed class IlgpuSession : IDisposable
{
    /// <summary>Side of the square groups of tiled products, and of devices that cannot run so many threads a group.</summary>
    internal const int LargeSide = 16, SmallSide = 4;

    /// <summary>The environment variable that leaves cuBLAS out when it is <c>0</c>, and names the library when it is a path.</summary>
    public const string CuBlasSwitch = "MINIGRAD_CUBLAS";

    private readonly Context _context;

    internal IlgpuSession(IlgpuDevice device, Context context, Accelerator accelerator, IEnumerable<string>? cuBlas = null)
    {
        (Device, _context, Accelerator) = (device, context, accelerator);
        Launcher = new KernelLauncher(accelerator);
        int threads = accelerator.MaxNumThreadsPerGroup;
        TileSide = threads >= LargeSide * LargeSide ? LargeSide : SmallSide;
        RowThreads = 1;
        while (RowThreads * 2 <= Math.Min(threads, Kernels.GroupReduction.MaxThreads)) RowThreads *= 2;
        string? problem = null;
        if (cuBlas is not null) CuBlas = CuBlasLibrary.TryLoad(accelerator, cuBlas, line => Failed?.Invoke(line), out problem);
        CuBlasProblem = problem;
    }

    /// <summary>The device that was opened.</summary>
    public IlgpuDevice Device { get; }

    /// <summary>Why cuBLAS was looked for and is not used, or null.</summary>
    public string? CuBlasProblem { get; }

    /// <summary>What multiplies matrices, in words: a library with its version and place, or the own kernels.</summary>
    public string Products => CuBlas is { Failure: null } library
        ? string.Create(CultureInfo.InvariantCulture, $"cuBLAS {library.Version} ({library.Path})")
        : "own kernels";

    /// <summary>Is told, in one line, when cuBLAS fails in the middle of a run; the own kernels have taken over then.</summary>
    public event Action<string>? Failed;

    /// <summary>The device and the matrix products' source, in words.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"ilgpu, float32, {IlgpuDrivers.KindName(Device.Kind)} {Device.Index}: {Device.Name}, {Device.Capability}, {(CuBlas is { Failure: null } ? $"cuBLAS {CuBlas.Version}" : "own matrix products")}");

    internal Accelerator Accelerator { get; }

    internal KernelLauncher Launcher { get; }

    internal CuBlasLibrary? CuBlas { get; }

    /// <summary>Side of the square groups of tiled products.</summary>
    internal int TileSide { get; }

    /// <summary>Threads of the groups that reduce a row; a power of two.</summary>
    internal int RowThreads { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="device">A usable device of <see cref="IlgpuInventory"/>.</param>
    /// <param name="useCuBlas">Whether matrix products go to cuBLAS, where the device is CUDA's and the library loads; see <see cref="CuBlasProblem"/>.</param>
    /// <returns>The session, to be disposed by the caller.</returns>
    /// <exception cref="InvalidOperationException">The device was refused, or its driver does not open it.</exception>
    public static IlgpuSession Open(IlgpuDevice device, bool useCuBlas = true)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!device.IsUsable || device.Source is null)
        {
            throw new InvalidOperationException($"{device.Name} cannot be opened: {device.RefusedReason ?? "it was not found on this machine"}.");
        }

        Context context = Context.Create(Configure);
        try
        {
            return new IlgpuSession(device, context, device.Source.CreateAccelerator(context), useCuBlas && device.Kind == IlgpuDeviceKind.Cuda ? CuBlasCandidates() : null);
        }
        catch (Exception e) when (e is AcceleratorException or CapabilityNotSupportedException or NotSupportedException)
        {
            context.Dispose();
            throw new InvalidOperationException($"{device.Name} cannot be opened: {e.Message}", e);
        }
    }

    // Null when the switch says no.
    private static IEnumerable<string>? CuBlasCandidates() => Environment.GetEnvironmentVariable(CuBlasSwitch) switch
    {
        "0" => null,
        { Length: > 1 } path => [path],
        _ => CuBlasSearch.Candidates(Environment.GetEnvironmentVariable, OperatingSystem.IsWindows()),
    };

    /// <summary>How kernels are compiled.</summary>
    internal static void Configure(Context.Builder builder) => builder.EnableAlgorithms().Optimize(OptimizationLevel.O2).Math(MathMode.Default);

    /// <summary>Closes the device.</summary>
    public void Dispose()
    {
        CuBlas?.Dispose();
        Accelerator.Dispose();
        _context.Dispose();
    }
}
