namespace MiniGrad.Ilgpu;

/// <summary>What became of the attempt to load one kind of driver.</summary>
/// <param name="Kind">The kind of driver.</param>
/// <param name="Library">The library that was loaded, or the first name that was tried.</param>
/// <param name="Problem">Why no device can be reached through it, or null where it answers.</param>
public sealed record IlgpuDriver(IlgpuDeviceKind Kind, string Library, string? Problem)
{
    /// <summary>Whether the driver answers.</summary>
    public bool IsLoaded => Problem is null;

    /// <summary>One line: the kind, the library, and what is wrong with it.</summary>
    /// <returns>The line, without a line break.</returns>
    public string Describe() => $"{IlgpuDrivers.KindName(Kind)}: {(IsLoaded ? Library : Problem)}";
}
