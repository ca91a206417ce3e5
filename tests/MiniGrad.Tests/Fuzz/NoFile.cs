using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MiniGrad.Tests.Fuzz;

/// <summary>What may stand where a file belongs: a pipe, a socket, a folder, a link to a device, to nothing or to a file outside, another name of a file outside.</summary>
internal static partial class NoFile
{
    private const uint OwnerReadsAndWrites = 0x180; // 0600

    /// <summary>Puts something else in a file's place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="outside">A file that nobody may touch.</param>
    /// <param name="draws">The choices.</param>
    /// <returns>In a few words what.</returns>
    public static string Replace(string path, string outside, Draws draws)
    {
        File.Delete(path);
        switch (draws.Below(7))
        {
            case 0:
                Assert.Equal(0, MakePipe(path, OwnerReadsAndWrites));
                return "a pipe";
            case 1:
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) Bind(socket, path);
                return "a socket";
            case 2:
                Directory.CreateDirectory(path);
                return "a folder";
            case 3:
                File.CreateSymbolicLink(path, "/dev/zero");
                return "a link to /dev/zero";
            case 4:
                File.CreateSymbolicLink(path, outside);
                return "a link to a file outside";
            case 5:
                File.CreateSymbolicLink(path, "nowhere");
                return "a link to nothing";
            default:
                Assert.Equal(0, Link(outside, path));
                return "another name of a file outside";
        }
    }

    // The system takes short paths only; .NET removes the file with the socket, so that it is bound under another name.
    private static void Bind(Socket socket, string path)
    {
        string name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        socket.Bind(new UnixDomainSocketEndPoint(name));
        File.Move(name, path);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
