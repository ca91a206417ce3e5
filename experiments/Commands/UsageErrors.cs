using System.CommandLine;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Commands;

/// <summary>Says what is wrong with a command line, with the nearest known name.</summary>
internal static class UsageErrors
{
    public static int Print(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [string token, ..])
        {
            bool option = token.StartsWith('-');
            string[] known = [.. option ? Options(parsed.CommandResult.Command) : parsed.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
            string what = option ? "option" : known.Length > 0 ? "command" : "argument";
            string hint = NearestName.Of(token, known) is { } nearest ? $"; did you mean '{nearest}'?" : what == "command" ? "; 'list' shows what there is" : "; --help shows what there is";
            Console.Error.WriteLine($"error: unknown {what} '{token}'{hint}");
        }
        else if (parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null } command)
        {
            Console.Error.WriteLine($"error: {command.Name}: give one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}");
        }
        else
        {
            Console.Error.WriteLine($"error: {parsed.Errors[0].Message.ReplaceLineEndings(" ")}");
        }
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Options(Command command) => command.Options.Select(o => o.Name).Concat(["--json", "--debug", "--help"]);
}
