using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiniGrad.Tests.Experiments;

/// <summary>Sends signals without a program in between, which a busy machine may start too late.</summary>
internal static partial class ProcessSignals
{
    /// <summary>Sends a signal.</summary>
    /// <param name="process">To whom.</param>
    /// <param name="signal">HUP, INT, KILL or TERM.</param>
    public static void Send(Process process, string signal)
    {
        int number = signal switch { "HUP" => 1, "INT" => 2, "KILL" => 9, "TERM" => 15, _ => throw new ArgumentException($"signal '{signal}'; expected HUP, INT, KILL or TERM") };
        Assert.Equal(0, Kill(process.Id, number));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
