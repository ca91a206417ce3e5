using System.CommandLine;
using System.Runtime.InteropServices;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Display;

namespace MiniGrad.Experiments;

/// <summary>Parses the command line, runs the command and turns every error into one clear line and an exit code.</summary>
internal static class Program
{
    internal static int Main(string[] args)
    {
        // Some drivers for GPUs end the program at a hangup. What is registered before they are loaded, they leave the signal to.
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static _ => { });
        StandardStreams.Open();
        RootCommand root = CommandLine.Create();
        bool debug = args.Contains("--debug");
        try
        {
            ParseResult parsed = CommandLine.Parse(root, ConfigurationFile.Expand(root, args));
            UsageErrors.RefuseSwallowed(parsed);
            UsageErrors.RefuseControls(parsed);
            return parsed.Errors.Count > 0 ? throw UsageErrors.Of(parsed) : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            (int code, string message) = Failures.Describe(e);
            if (debug) Console.Error.WriteLine(e);
            Console.Error.WriteLine($"error: {Shown.Error(message, args)}");
            return code;
        }
    }
}
