using System.CommandLine;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments;

/// <summary>Parses the command line, runs the command and turns every error into one clear line and an exit code.</summary>
internal static class Program
{
    internal static int Main(string[] args)
    {
        RootCommand root = CommandLine.Create();
        bool debug = args.Contains("--debug");
        try
        {
            ParseResult parsed = CommandLine.Parse(root, ConfigurationFile.Expand(root, args));
            UsageErrors.RefuseSwallowed(parsed);
            return parsed.Errors.Count > 0 ? UsageErrors.Print(parsed) : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            (int code, string message) = Failures.Describe(e);
            if (debug) Console.Error.WriteLine(e);
            Console.Error.WriteLine($"error: {message}");
            return code;
        }
    }
}
