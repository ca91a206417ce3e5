using System.Globalization;

namespace MiniGrad.Ilgpu;

/// <summary>The drivers and devices of this machine, with the reason for each that cannot be used.</summary>
/// <param name="Drivers">One entry for each kind of driver.</param>
/// <param name="Devices">Every device reported, CUDA first, then OpenCL, each in its driver's order.</param>
public sealed record IlgpuInventory(IReadOnlyList<IlgpuDriver> Drivers, IReadOnlyList<IlgpuDevice> Devices)
{
    /// <summary>The devices that MiniGrad can train on, in the order in which <c>gpu:N</c> counts them.</summary>
    public IReadOnlyList<IlgpuDevice> Usable { get; } = [.. Devices.Where(d => d.IsUsable)];

    /// <summary>Everything found, one line each: for <c>doctor</c>.</summary>
    /// <returns>The drivers that do not answer, then the devices.</returns>
    public IEnumerable<string> Describe() =>
        Drivers.Where(d => !d.IsLoaded).Select(d => d.Describe()).Concat(Devices.Select(d => d.Describe()));

    /// <summary>The device that <c>--device gpu:N</c> names.</summary>
    /// <param name="index">N, from 0, among the usable devices.</param>
    /// <returns>A usable device.</returns>
    /// <exception cref="InvalidOperationException">There is none with that number; the message says what was found.</exception>
    public IlgpuDevice Select(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (index < Usable.Count)
        {
            return Usable[index];
        }

        string found = string.Join("; ", Usable.Count == 0 ? Describe() : Usable.Select((d, i) => $"gpu:{i} is {d.Name}"));
        string asked = Usable.Count == 0 ? "no GPU can be used" : string.Create(CultureInfo.InvariantCulture, $"there is no gpu:{index}");
        throw new InvalidOperationException($"{asked}: {found}. Use --device cpu.");
    }
}
