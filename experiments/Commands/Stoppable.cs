using System.Runtime.InteropServices;

namespace MiniGrad.Experiments.Commands;

/// <summary>
/// Runs work that SIGINT, SIGTERM and SIGHUP stop gracefully; a second SIGINT or SIGTERM ends the program at once. A terminal that
/// is closed may send SIGHUP twice. What the program was started to ignore, as by <c>nohup</c>, .NET ignores.
/// </summary>
internal static class Stoppable
{
    /// <summary>The work's exit code, or 130 or 143 where a signal cut it short (the work then returns <see cref="ExitCode.Interrupted"/>).</summary>
    public static int Run(Func<CancellationToken, int> work)
    {
        using var stop = new CancellationTokenSource();
        int signalled = 0;
        void Handle(PosixSignalContext context)
        {
            int code = context.Signal == PosixSignal.SIGINT ? ExitCode.Interrupted : ExitCode.Terminated;
            bool first = Interlocked.CompareExchange(ref signalled, code, 0) == 0;
            if (!first && context.Signal != PosixSignal.SIGHUP) return; // the default action
            context.Cancel = true;
            if (first) stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
        try
        {
            int result = work(stop.Token);
            return result == ExitCode.Interrupted && signalled != 0 ? signalled : result;
        }
        finally
        {
            // Once stopped, the second hangup must do no harm until the program's very end.
            if (signalled == 0) hangup.Dispose();
#pragma warning disable CA1816 // It is not this class's, and it is kept, not disposed.
            else GC.SuppressFinalize(hangup);
#pragma warning restore CA1816
        }
    }
}
