using System.CommandLine;
using System.Globalization;
using MiniGrad.Experiments.Commands;

namespace MiniGrad.Experiments.Recorded;

/// <summary>
/// What a manifest may ask for: the options of a plan, with names in the place of paths. It is a file that somebody else may have
/// written, so that nothing in it names a file, a folder or another option, and no size in it is beyond what is run.
/// </summary>
internal static class RecordedWords
{
    private const int MostWords = 1_000, LongestWord = 1_000;
    private const long LargestNumber = 100_000_000;

    /// <summary>The command, once every word of it has been checked.</summary>
    /// <exception cref="CommandException">A word is not one of a manifest.</exception>
    public static RecordedCommand Checked(RecordedCommand command, string path)
    {
        if (command.Options.Sum(o => o.Length) > MostWords) throw Refuse(path, $"has {command.Options.Sum(o => o.Length)} words of options; at most {MostWords} are read");
        RootCommand root = CommandLine.Create();
        ILookup<string, Option> known = root.Options.Concat(root.Subcommands.OfType<TrainingCommand>().SelectMany(c => c.Options)).ToLookup(o => o.Name);
        foreach (string[] option in command.Options)
        {
            if (known[option[0]].Any(o => CommandOption.UseOf(o) == OptionUse.User)) throw Refuse(path, $"has the option {option[0]}, which is the user's to give");
            if (option[0].Length > 0 && !IsOption(option[0])) throw Refuse(path, $"has the option '{Shown.Quote(option[0])}'; expected a name such as --steps");
            foreach (string value in option[1..]) Check(path, option[0], value, known[option[0]].Any(CommandOption.IsFraction));
        }
        return command;
    }

    private static void Check(string path, string option, string value, bool fraction)
    {
        string what = Shown.Quote(option.Length > 0 ? $"{option} {value}" : value);
        if (value.Length > LongestWord || value.Any(char.IsControl)) throw Refuse(path, $"has a value of {Shown.Quote(option)} that is no word of a command line");
        bool number = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double size);
        if (value.StartsWith('-') && !number) throw Refuse(path, $"has {what}: an option where a value belongs");
        if (number && Math.Abs(size) > LargestNumber) throw Refuse(path, $"has {what}; at most {LargestNumber} is run");
        if (value.AsSpan().IndexOfAny(fraction ? "\\" : "/\\") >= 0 || value is "." or ".." || value.EndsWith(":..", StringComparison.Ordinal) || value.EndsWith("=..", StringComparison.Ordinal)) throw Refuse(path, $"has {what}: a manifest holds names, no paths; give the place of a file with --corpus, --from or --tokenizer");
    }

    private static bool IsOption(string name) => name.Length > 2 && name.StartsWith("--", StringComparison.Ordinal) && name[2..].All(c => char.IsAsciiLetterLower(c) || c == '-');

    private static CommandException Refuse(string path, string what) => new(ExitCode.InvalidData, $"reproduce: '{path}' {what}");
}
