using System.CommandLine;
using System.CommandLine.Parsing;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Commands;

/// <summary>The options that stand on a command line, as arguments that can be parsed again.</summary>
internal static class GivenOptions
{
    /// <summary>The positional arguments, then each option with its values.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="passing">Whether those that may change from one start to the next are wanted, too; never <c>--resume</c> and <c>--out</c>.</param>
    public static IReadOnlyList<string[]> Of(ParseResult parsed, bool passing)
    {
        var given = new List<string[]>();
        string[] positional = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value)];
        if (positional.Length > 0) given.Add(["", .. positional]);
        foreach (OptionResult option in parsed.CommandResult.Children.OfType<OptionResult>().Concat(parsed.RootCommandResult.Children.OfType<OptionResult>()))
        {
            string name = option.Option.Name;
            if (option.Implicit || name is "--resume" or "--out" || (!passing && CommandOption.UseOf(option.Option) == OptionUse.User)) continue;
            given.Add([name, .. option.Tokens.Select(t => Portable(name, t.Value))]);
        }
        return given;
    }

    /// <summary>As arguments of the program.</summary>
    public static string[] Arguments(string command, IEnumerable<string[]> given) => [command, .. given.SelectMany(o => o[0].Length == 0 ? o[1..] : o.Length == 1 ? o : o[1..].SelectMany(value => (string[])[o[0], value]))];

    // A run is resumed from any folder.
    private static string Portable(string option, string value)
    {
        if (option is "--corpus" or "--from" && value.Length > 0) return Path.GetFullPath(value);
        if (option == "--arm") return string.Join(',', value.Split(',').Select(change => change.TrimStart().StartsWith("corpus=", StringComparison.Ordinal) ? $"corpus={Path.GetFullPath(change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..])}" : change));
        return option == "--tokenizer" ? TokenizerChoice.WithPlace(value, Path.GetFullPath) : value;
    }
}
