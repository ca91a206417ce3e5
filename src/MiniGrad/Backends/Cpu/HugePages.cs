using System.Runtime.InteropServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Asks Linux for pages of 2 MiB under a large block of memory: strided kernels such as attention otherwise spend a good part
/// of their time on translating addresses. Without the right to them, or elsewhere, nothing changes.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page on x64.</summary>
    public const nuint Size = 2 << 20;

    private const int AdviseHugePage = 14;

    /// <summary>How a block should be aligned: to huge pages if it has several, else to a cache line.</summary>
    public static nuint Alignment(nuint bytes) => OperatingSystem.IsLinux() && bytes >= 2 * Size ? Size : 64;

    /// <summary>Gives the kernel the hint, for the whole pages of an aligned block.</summary>
    public static void Advise(byte* block, nuint bytes)
    {
        if (Alignment(bytes) != Size) return;
        try
        {
            // A refusal is no error: the block is then as good as any other.
            _ = MemoryAdvise(block, bytes / Size * Size, AdviseHugePage);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* address, nuint length, int advice);
}
