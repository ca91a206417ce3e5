using System.CommandLine;
using System.CommandLine.Parsing;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Commands;

/// <summary>Says what is wrong with a command line, with the nearest known name.</summary>
internal static class UsageErrors
{
    public static CommandException Of(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [string token, ..])
        {
            bool option = token.StartsWith('-');
            string[] known = [.. option ? Options(parsed.CommandResult.Command) : parsed.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
            string what = option ? "option" : known.Length > 0 ? "command" : "argument";
            string hint = option && Configuration.SettingKeys.Option(token) is { } ours && known.Contains(ours.Split(' ')[0]) ? $"; did you mean '{ours}'?" : NearestName.Of(token, known) is { } nearest ? $"; did you mean '{nearest}'?" : what == "command" ? "; 'list' shows what there is" : "; --help shows what there is";
            return CommandException.Usage($"unknown {what} '{token}'{hint}");
        }
        return CommandException.Usage(parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null } command
            ? $"{command.Name}: give one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}"
            : parsed.Errors[0].Message);
    }

    /// <summary>Refuses an option that was taken for the value of the one before it, as in <c>--out --json</c>; only a prompt may look like one.</summary>
    /// <exception cref="CommandException">There is one.</exception>
    public static void RefuseSwallowed(ParseResult parsed)
    {
        string[] known = [.. Options(parsed.CommandResult.Command)];
        foreach (OptionResult option in parsed.CommandResult.Children.OfType<OptionResult>().Where(o => o.Option.Name != "--prompt"))
        {
            if (option.Tokens.FirstOrDefault(token => known.Contains(token.Value)) is { } swallowed)
                throw CommandException.Usage($"{option.Option.Name} {swallowed.Value}: the option {swallowed.Value} stands where a value belongs; give one, such as ./{swallowed.Value} for a file of that name");
        }
    }

    /// <summary>Refuses what would break a line or move a cursor wherever it is shown, as a file's name may; only a prompt may hold it.</summary>
    /// <exception cref="CommandException">A word holds such a character.</exception>
    public static void RefuseControls(ParseResult parsed)
    {
        if (Controlling(parsed) is { } word) throw CommandException.Usage($"'{Shown.Quote(word)}' holds a control character, which would be shown wherever the word is; give a name without");
    }

    /// <summary>The first word, prompts apart, that holds a control character or a line's end, or null.</summary>
    public static string? Controlling(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>().Where(o => o.Option.Name is not ("--prompt" or "--sample-prompt")).SelectMany(o => o.Tokens).Concat(parsed.CommandResult.Tokens)
        .Select(token => token.Value).FirstOrDefault(word => word.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'));

    private static IEnumerable<string> Options(Command command) => command.Options.Select(o => o.Name).Concat(["--json", "--debug", "--help"]);
}
