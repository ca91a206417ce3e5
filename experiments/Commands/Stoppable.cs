using System.Runtime.InteropServices;

namespace MiniGrad.Experiments.Commands;

/// <summary>Runs work that SIGINT and SIGTERM stop gracefully; a second signal ends the program at once.</summary>
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
            if (Interlocked.CompareExchange(ref signalled, code, 0) != 0) return; // the second one: the default action
            context.Cancel = true;
            stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        int result = work(stop.Token);
        return result == ExitCode.Interrupted && signalled != 0 ? signalled : result;
    }
}
