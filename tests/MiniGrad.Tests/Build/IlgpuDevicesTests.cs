using MiniGrad.Ilgpu;

namespace MiniGrad.Tests.Build;

/// <summary>The search for GPUs, on whatever machine this is: it never throws, and nothing is refused without a reason.</summary>
public sealed class IlgpuDevicesTests
{
    [Fact]
    public void Every_driver_without_devices_says_why()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        Assert.Equal([IlgpuDeviceKind.Cuda, IlgpuDeviceKind.OpenCl], found.Drivers.Select(d => d.Kind));
        Assert.All(found.Drivers, d => Assert.NotEqual(d.IsLoaded, found.Devices.All(device => device.Kind != d.Kind)));
        Assert.All(found.Describe(), line => Assert.DoesNotContain('\n', line));
        Assert.Equal(found.Devices.Count(d => d.RefusedReason is null), found.Usable.Count);
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_error_that_says_what_was_found()
    {
        IlgpuInventory found = IlgpuDevices.Discover();
        string message = Assert.Throws<InvalidOperationException>(() => found.Select(found.Usable.Count)).Message;
        Assert.Contains(found.Usable.Count == 0 ? "no GPU can be used" : "gpu:0 is", message, StringComparison.Ordinal);
        Assert.EndsWith("Use --device cpu.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_device_is_not_opened()
    {
        var device = new IlgpuDevice(IlgpuDeviceKind.OpenCl, 0, "Toaster", 1L << 30, 2, "OpenCL C 1.2", "it is a toaster");
        string message = Assert.Throws<InvalidOperationException>(() => IlgpuSession.Open(device)).Message;
        Assert.Equal("Toaster cannot be opened: it is a toaster.", message);
        Assert.Equal("OpenCL 0: Toaster, 1.0 GiB, OpenCL C 1.2, 2 units, refused: it is a toaster", device.Describe());
    }
}
