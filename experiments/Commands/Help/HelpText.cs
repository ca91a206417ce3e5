using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Display;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>--help</c>: what to type, two examples, and the options in groups.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int UsualWidth = 100, LeastWidth = 40, MostName = 32;

    private static readonly (string Name, string[] Commands)[] Groups =
    [
        ("Train", ["train", "compare"]),
        ("Use a model", ["sample", "evaluate", "export", "tokenize"]),
        ("Look at runs", ["plot", "report", "reproduce", "gallery", "board"]),
        ("Look things up", ["list", "explain", "coefficients", "schema", "doctor"]),
        ("Measure", ["bench", "cost", "theory", "dual-norm", "replay"]),
    ];

    /// <summary>An option that stands wrong beside --help does not matter.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.Write(Of(parseResult.CommandResult.Command, ProgramName.Typed, TerminalSize.ColumnsOfOutput() ?? UsualWidth));
        return ExitCode.Done;
    }

    /// <summary>The text.</summary>
    /// <param name="command">The command.</param>
    /// <param name="program">What one types before it.</param>
    /// <param name="width">Characters across.</param>
    public static string Of(Command command, string program, int width)
    {
        width = Math.Max(LeastWidth, width - 1);
        var text = new StringBuilder();
        string path = PathOf(command);
        Paragraph(text, command.Description ?? "", 0, width);
        text.AppendLine().AppendLine($"  {program}{path}{string.Concat(command.Arguments.Select(a => $" {Placeholder(a)}"))}{(command.Subcommands.Count > 0 ? " COMMAND" : "")} [options]").AppendLine();
        IReadOnlyList<string> examples = Examples.Of(command is RootCommand ? "compare" : command.Name);
        if (examples.Count > 0) text.AppendLine(command is RootCommand ? "Begin with" : "Examples");
        foreach (string example in command is RootCommand ? ["ablate-sign --quick", .. examples] : examples) text.AppendLine($"  {program} {example}");
        if (command.Subcommands.Count > 0) Commands(text, command, width);
        foreach (Argument argument in command.Arguments) Entries(text, "Arguments", [(Placeholder(argument), argument.Description ?? "")], width);
        foreach ((string name, IReadOnlyList<Option> options) in OptionGroups.Of(Options(command))) Entries(text, name, [.. options.Select(o => (Named(o), o.Description ?? ""))], width);
        return text.ToString();
    }

    /// <summary>The options of a command, with those of its parents that it takes, too.</summary>
    public static IReadOnlyCollection<Option> Options(Command command)
    {
        var options = new List<Option>(command.Options);
        for (Command? parent = Parent(command); parent is not null; parent = Parent(parent)) options.AddRange(parent.Options.Where(o => o.Recursive));
        return [.. options.Where(o => !o.Hidden)];
    }

    private static void Commands(StringBuilder text, Command command, int width)
    {
        Command[] all = [.. command.Subcommands.Where(c => !c.Hidden)];
        if (command is not RootCommand)
        {
            Entries(text, "Commands", [.. all.Select(c => (c.Name, c.Description ?? ""))], width);
            return;
        }
        Command[] experiments = [.. all.Where(c => ExperimentCatalog.Find(c.Name) is not null)];
        text.AppendLine().AppendLine("Experiments ('list' says what each asks)");
        Paragraph(text, string.Join(", ", experiments.Select(c => c.Name)), 2, width);
        foreach ((string name, string[] names) in Groups)
        {
            Command[] own = [.. names.Select(n => all.FirstOrDefault(c => c.Name == n)).OfType<Command>()];
            if (own.Length > 0) Entries(text, name, [.. own.Select(c => (c.Name, c.Description ?? ""))], width);
        }
        Command[] others = [.. all.Except(experiments).Where(c => !Groups.Any(g => g.Commands.Contains(c.Name)))];
        if (others.Length > 0) Entries(text, "More", [.. others.Select(c => (c.Name, c.Description ?? ""))], width);
    }

    private static void Entries(StringBuilder text, string title, IReadOnlyList<(string Name, string Words)> entries, int width)
    {
        int names = Math.Min(Math.Min(MostName, width / 2), entries.Max(e => e.Name.Length)) + 4;
        text.AppendLine().AppendLine(title);
        foreach ((string name, string words) in entries)
        {
            string first = $"  {name}".PadRight(names);
            if (first.Length > names)
            {
                text.AppendLine(first);
                first = new string(' ', names);
            }
            foreach (string line in Wrap(words, width - names))
            {
                text.AppendLine($"{first}{line}".TrimEnd());
                first = new string(' ', names);
            }
        }
    }

    private static void Paragraph(StringBuilder text, string words, int indent, int width)
    {
        foreach (string line in Wrap(words, width - indent)) text.Append(' ', indent).AppendLine(line);
    }

    private static IEnumerable<string> Wrap(string words, int width)
    {
        var line = new StringBuilder();
        foreach (string word in words.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        yield return line.ToString();
    }

    private static string PathOf(Command command) => command is RootCommand ? "" : $"{(Parent(command) is { } parent ? PathOf(parent) : "")} {command.Name}";

    private static Command? Parent(Command command) => command.Parents.OfType<Command>().FirstOrDefault();

    private static string Placeholder(Argument argument) => argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name.ToUpperInvariant()}…" : argument.Name.ToUpperInvariant();

    private static string Named(Option option) => option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? option.Name : $"{option.Name} {Value(option)}";

    private static string Value(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        return type == typeof(int) ? "N" : type == typeof(double) ? "X" : option.HelpName ?? (option.Name is "--out" or "--resume" or "--from" or "--checkpoint" or "--to" ? "FOLDER" : option.Name is "--corpus" ? "PATH" : option.Name is "--set" or "--arm" or "--grid" ? "KEY=VALUE" : "…");
    }
}
