using System.Runtime.InteropServices;

namespace MiniGrad.Backends.Cpu.Assembled;

/// <summary>
/// A piece of machine code in memory of its own. The memory is writable while the code is copied, then executable, and never
/// both. On Linux, macOS and Windows, where the system grants it; a hardened system may refuse.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private const int Read = 1, Write = 2, Execute = 4;
    private const int Private = 2, AnonymousOnLinux = 0x20, AnonymousOnMac = 0x1000;
    private const uint Commit = 0x1000, Reserve = 0x2000, Release = 0x8000, ReadWrite = 4, ExecuteRead = 0x20;

    private readonly nuint _length;

    private ExecutableMemory(void* address, nuint length)
    {
        Address = address;
        _length = length;
    }

    /// <summary>Where the code begins.</summary>
    public void* Address { get; private set; }

    /// <summary>Makes code executable.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The memory, or null where the system refuses it.</returns>
    public static ExecutableMemory? TryCreate(ReadOnlySpan<byte> code)
    {
        nuint page = (nuint)Environment.SystemPageSize, length = ((nuint)code.Length + page - 1) / page * page;
        try
        {
            void* address = Map(length);
            if (address == null) return null;
            code.CopyTo(new Span<byte>(address, code.Length));
            var memory = new ExecutableMemory(address, length);
            if (memory.MakeExecutable()) return memory;
            memory.Dispose();
            return null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Gives the memory back; the code must not run any more.</summary>
    public void Dispose()
    {
        if (Address == null) return;
        if (OperatingSystem.IsWindows()) _ = VirtualFree(Address, 0, Release);
        else _ = MemoryUnmap(Address, _length);
        Address = null;
    }

    private static void* Map(nuint length)
    {
        if (OperatingSystem.IsWindows()) return VirtualAlloc(null, length, Commit | Reserve, ReadWrite);
        void* address = MemoryMap(null, length, Read | Write, Private | (OperatingSystem.IsMacOS() ? AnonymousOnMac : AnonymousOnLinux), -1, 0);
        return address == (void*)-1 ? null : address;
    }

    private bool MakeExecutable()
    {
        if (!OperatingSystem.IsWindows()) return MemoryProtect(Address, _length, Read | Execute) == 0;
        return VirtualProtect(Address, _length, ExecuteRead, out _) != 0 && FlushInstructionCache(GetCurrentProcess(), Address, _length) != 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MemoryMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MemoryProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint length, uint kind, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(void* address, nuint length, uint protection, out uint before);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint length, uint kind);

    [LibraryImport("kernel32")]
    private static partial int FlushInstructionCache(nint process, void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentProcess();
}
