using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Tests.Experiments.Terminal;

/// <summary>A terminal that a test looks at and may close under a program; Linux.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100, CloseOnExec = 0x80000; // a child that inherits it keeps the terminal open
    private const nuint SetWindowSize = 0x5414;
    private readonly FileStream _leader;
    private readonly SafeFileHandle _held;
    private readonly Task _reader;

    /// <summary>Opens one.</summary>
    /// <param name="columns">Characters across.</param>
    /// <param name="rows">Lines.</param>
    public PseudoTerminal(int columns = 80, int rows = 24)
    {
        int leader = OpenLeader(ReadWrite | NoControllingTerminal | CloseOnExec);
        Assert.True(leader >= 0 && Grant(leader) == 0 && Unlock(leader) == 0, "no pseudo-terminal");
        byte[] name = new byte[128];
        Assert.Equal(0, NameOf(leader, name, (nuint)name.Length));
        Name = Encoding.ASCII.GetString(name).TrimEnd('\0');
        var size = new WindowSize { Rows = (ushort)rows, Columns = (ushort)columns };
        Assert.Equal(0, Control(leader, SetWindowSize, ref size));
        // Held open here, the terminal does not hang up before a program has opened it.
        _held = new SafeFileHandle(Open(Name, ReadWrite | NoControllingTerminal | CloseOnExec), ownsHandle: true);
        Assert.False(_held.IsInvalid);
        _leader = new FileStream(new SafeFileHandle(leader, ownsHandle: true), FileAccess.Read, 1);
        Screen = new TerminalScreen(columns, rows);
        _reader = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>The terminal's device.</summary>
    public string Name { get; }

    /// <summary>What stands on it, and stood on the way there; complete once <see cref="EndAsync"/> has ended.</summary>
    public TerminalScreen Screen { get; }

    /// <summary>Waits until everything that was written is on the screen; no program may have it open any more.</summary>
    public Task EndAsync()
    {
        _held.Close(); // the last one: the reader comes to an end
        return _reader;
    }

    /// <summary>What a user does who closes the window.</summary>
    public void Close()
    {
        _held.Close();
        _leader.Close();
    }

    public void Dispose()
    {
        Close();
        _reader.Wait();
    }

    private void Read()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[4096];
        char[] text = new char[4096];
        try
        {
            for (int count; (count = _leader.Read(bytes)) > 0;) Screen.Write(text.AsSpan(0, decoder.GetChars(bytes, 0, count, text, 0)));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // What a read gives once nobody has the other end open, or the window was closed.
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int OpenLeader(int flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

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
