using System.Runtime.InteropServices;

namespace MiniGrad.Experiments.Display;

/// <summary>
/// Standard output and standard error as a long run needs them. Progress that cannot be written (a full disk, a terminal that
/// was closed) is dropped, and never ends a run; a result that cannot be written is an error. Control characters are written
/// as escapes: they come from names in files.
/// </summary>
internal static partial class StandardStreams
{
    private const int Output = 1, Error = 2;
    private const int GetFlags = 1, CloseOnExec = 1; // F_GETFD, FD_CLOEXEC

    /// <summary>Puts them into <see cref="Console"/>.</summary>
    public static void Open()
    {
        Console.SetError(IsThere(Error) ? new EscapingWriter(new GuardedWriter(Console.Error, failed: null)) : TextWriter.Null);
        Console.SetOut(new EscapingWriter(IsThere(Output) ? new GuardedWriter(Console.Out, OutputStream.Failed) : ClosedWriter()));
    }

    /// <summary>Standard error for displays, which move the cursor.</summary>
    public static TextWriter Display() => IsThere(Error) ? new GuardedWriter(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true }, failed: null) : TextWriter.Null;

    /// <summary>Standard output for text as bytes, of which one character may come in several pieces: as they are into a file, escaped on a terminal.</summary>
    public static Stream Text() => Console.IsOutputRedirected ? new OutputStream(IsThere(Output) ? Console.OpenStandardOutput() : null) : new TerminalStream(Console.Out);

    private static StreamWriter ClosedWriter() => new(new OutputStream(null)) { AutoFlush = true };

    // A stream that whoever started the program had closed has a number that is free, and the runtime takes the first that is free
    // for pipes of its own: writing there would do harm. What the runtime opens is closed in children; what was inherited is not.
    private static bool IsThere(int descriptor) => OperatingSystem.IsWindows() || Descriptor(descriptor, GetFlags) is var flags && flags >= 0 && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Descriptor(int descriptor, int command);
}
