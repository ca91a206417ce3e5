using System.Runtime.InteropServices;

namespace MiniGrad.Experiments.Display;

/// <summary>How large the terminal behind an output is; asked each time, since a window may change.</summary>
internal static partial class TerminalSize
{
    private const int StandardOutput = 1, StandardError = 2;
    private const nuint LinuxWindowSize = 0x5413, MacWindowSize = 0x40087468;
    private const int UsualWidth = 80, UsualHeight = 24;

    /// <summary>Standard error's; 80×24 where it does not say.</summary>
    public static (int Columns, int Rows) OfError() => Of(StandardError) ?? (UsualWidth, UsualHeight);

    /// <summary>The characters across of standard output, or null where that is no terminal: then nothing need fit.</summary>
    public static int? ColumnsOfOutput() => Console.IsOutputRedirected ? null : Of(StandardOutput)?.Columns ?? UsualWidth;

    private static (int Columns, int Rows)? Of(int descriptor)
    {
        if (OperatingSystem.IsWindows()) return (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));
        WindowSize size = default;
        int failed = Ask(descriptor, OperatingSystem.IsMacOS() ? MacWindowSize : LinuxWindowSize, ref size);
        return failed == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ask(int descriptor, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }
}
