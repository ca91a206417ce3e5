using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Tests.Training;

/// <summary>
/// Reads the process's resident memory without allocating: <see cref="Environment.WorkingSet"/> makes garbage on Linux,
/// which a thousand readings would themselves see as growth.
/// </summary>
internal sealed class ResidentMemory : IDisposable
{
    private readonly SafeFileHandle? _statm = OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/statm") : null;

    /// <summary>The resident bytes now.</summary>
    public long Bytes()
    {
        if (_statm is null) return Environment.WorkingSet;
        Span<byte> text = stackalloc byte[256];
        ReadOnlySpan<byte> read = text[..RandomAccess.Read(_statm, text, 0)];
        ReadOnlySpan<byte> second = read[(read.IndexOf((byte)' ') + 1)..];
        Assert.True(Utf8Parser.TryParse(second, out long pages, out _), "the second number of statm counts resident pages");
        return pages * Environment.SystemPageSize;
    }

    public void Dispose() => _statm?.Dispose();
}
