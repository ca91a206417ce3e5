using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Tests.Experiments;

/// <summary>A terminal that a test closes under a program; what is shown on it is read and forgotten.</summary>
internal sealed partial class ClosingTerminal : IDisposable
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100, CloseOnExec = 0x80000; // a child that inherits it keeps the terminal open
    private readonly FileStream _leader;
    private readonly Task _reader;

    public ClosingTerminal()
    {
        int leader = OpenLeader(ReadWrite | NoControllingTerminal | CloseOnExec);
        Assert.True(leader >= 0 && Grant(leader) == 0 && Unlock(leader) == 0, "no pseudo-terminal");
        byte[] name = new byte[128];
        Assert.Equal(0, NameOf(leader, name, (nuint)name.Length));
        Name = Encoding.ASCII.GetString(name).TrimEnd('\0');
        _leader = new FileStream(new SafeFileHandle(leader, ownsHandle: true), FileAccess.Read, 1);
        _reader = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>The terminal's device.</summary>
    public string Name { get; }

    /// <summary>What a user does who closes the window.</summary>
    public void Close() => _leader.Close();

    public void Dispose()
    {
        _leader.Dispose();
        _reader.Wait();
    }

    private void Read()
    {
        byte[] bytes = new byte[4096];
        while (true)
        {
            try
            {
                if (_leader.Read(bytes) == 0) return;
            }
            catch (IOException)
            {
                Thread.Sleep(5); // nobody has opened it yet, or not any more
            }
            catch (ObjectDisposedException)
            {
                return;
            }
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
}
