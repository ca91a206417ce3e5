using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Tests.Experiments.Terminal;

/// <summary>Runs the experiments program on a pseudo-terminal of a given size, as a user sees it; Linux.</summary>
internal static partial class PseudoTerminal
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100;
    private const nuint SetWindowSize = 0x5414;

    /// <summary>The screen after everything was shown, and every screen on the way there.</summary>
    /// <param name="folder">Where the program runs.</param>
    /// <param name="columns">Characters across.</param>
    /// <param name="rows">Lines.</param>
    /// <param name="onlyError">Whether standard output is a file, so that only standard error is the terminal.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<(int ExitCode, TerminalScreen Screen)> RunAsync(string folder, int columns, int rows, bool onlyError, params string[] arguments)
    {
        int leader = OpenLeader(ReadWrite | NoControllingTerminal);
        Assert.True(leader >= 0 && Grant(leader) == 0 && Unlock(leader) == 0, "no pseudo-terminal");
        byte[] name = new byte[128];
        Assert.Equal(0, NameOf(leader, name, (nuint)name.Length));
        string follower = Encoding.ASCII.GetString(name).TrimEnd('\0');
        var size = new WindowSize { Rows = (ushort)rows, Columns = (ushort)columns };
        Assert.Equal(0, Control(leader, SetWindowSize, ref size));
        await using var output = new FileStream(new SafeFileHandle(leader, ownsHandle: true), FileAccess.Read, 1);
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" 2>{follower} >{(onlyError ? "output.txt" : follower)} </dev/null", "sh", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(MiniGrad.Experiments.Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            Environment = { ["TERM"] = "xterm-256color", ["LINES"] = "", ["COLUMNS"] = "" },
        };
        // Held open here, the terminal does not hang up between the program's opening it and our first look.
        using SafeFileHandle held = File.OpenHandle(follower, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using Process program = Process.Start(start)!;
        var screen = new TerminalScreen(columns, rows);
        var reader = Task.Factory.StartNew(() => Read(output, screen), TaskCreationOptions.LongRunning);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        held.Close(); // the last one: the reader comes to an end
        await reader;
        return (program.ExitCode, screen);
    }

    private static void Read(FileStream output, TerminalScreen screen)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[4096];
        char[] text = new char[4096];
        try
        {
            for (int count; (count = output.Read(bytes)) > 0;) screen.Write(text.AsSpan(0, decoder.GetChars(bytes, 0, count, text, 0)));
        }
        catch (IOException)
        {
            // What a read gives once nobody has the other end open.
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int OpenLeader(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int leader);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int leader);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int NameOf(int leader, [Out] byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }
}
