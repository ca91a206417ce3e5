using System.CommandLine;
using System.CommandLine.Parsing;
using MiniGrad.Mpi;

namespace MiniGrad.Experiments.Commands;

/// <summary>What only <c>train</c> does as one rank of several: other commands would do the same work N times, in one folder.</summary>
internal static class Alone
{
    /// <summary>Refuses to run under a launcher that started several processes.</summary>
    /// <exception cref="CommandException">One did.</exception>
    public static void Require(ParseResult parsed)
    {
        if (MpiLauncher.Detect() is not { Size: > 1 } launcher) return;
        if (parsed.CommandResult.Children.OfType<OptionResult>().Any(o => o is { Option.Name: "--shard", Implicit: false })) return; // each its own part
        string name = parsed.CommandResult.Command.Name;
        throw CommandException.Usage($"{name}: {launcher.Variable} says that this is one of {launcher.Size} processes, and only 'train' is data-parallel; start one process, or {launcher.Size} of them with --shard I/{launcher.Size}");
    }
}
