using ILGPU;
using ILGPU.Runtime;

namespace MiniGrad.Ilgpu;

/// <summary>
/// An opened device: ILGPU's context and accelerator, disposed together. The context lists no devices of its own
/// (so never the CPU accelerator); the accelerator is made from a device that <see cref="IlgpuDevices.Discover"/> found.
/// </summary>
public sealed class IlgpuSession : IDisposable
{
    private readonly Context _context;

    private IlgpuSession(IlgpuDevice device, Context context, Accelerator accelerator)
    {
        Device = device;
        _context = context;
        Accelerator = accelerator;
    }

    /// <summary>The device that was opened.</summary>
    public IlgpuDevice Device { get; }

    internal Accelerator Accelerator { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="device">A usable device of <see cref="IlgpuInventory"/>.</param>
    /// <returns>The session, to be disposed by the caller.</returns>
    /// <exception cref="InvalidOperationException">The device was refused, or its driver does not open it.</exception>
    public static IlgpuSession Open(IlgpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!device.IsUsable || device.Source is null)
        {
            throw new InvalidOperationException($"{device.Name} cannot be opened: {device.RefusedReason ?? "it was not found on this machine"}.");
        }

        Context context = Context.Create(b => b.EnableAlgorithms().Optimize(OptimizationLevel.O2).Math(MathMode.Default));
        try
        {
            return new IlgpuSession(device, context, device.Source.CreateAccelerator(context));
        }
        catch (Exception e) when (e is AcceleratorException or CapabilityNotSupportedException or NotSupportedException)
        {
            context.Dispose();
            throw new InvalidOperationException($"{device.Name} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Closes the device.</summary>
    public void Dispose()
    {
        Accelerator.Dispose();
        _context.Dispose();
    }
}
