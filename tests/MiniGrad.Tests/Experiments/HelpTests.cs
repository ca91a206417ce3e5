using System.CommandLine;
using System.CommandLine.Parsing;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Tests.Experiments;

/// <summary><c>--help</c> of every command.</summary>
public sealed class HelpTests
{
    private const string Program = "minigrad";

    public static TheoryData<string> Commands => [.. All(CommandLine.Create(), "").Select(c => c.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_two_examples_that_parse_and_groups_for_all_its_options(string path)
    {
        RootCommand root = CommandLine.Create();
        Command command = All(root, "").First(c => c.Path == path).Command;
        IReadOnlyList<string> examples = Examples.Of(command.Name);
        Assert.Equal(2, examples.Distinct().Count());
        foreach (string example in examples)
        {
            ParseResult parsed = CommandLine.Parse(root, ConfigurationFile.Expand(root, CommandLineParser.SplitCommandLine(example).ToArray()));
            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            Assert.True(command.Subcommands.Append(command).Contains(parsed.CommandResult.Command), example);
        }
        string text = HelpText.Of(command, Program, 80);
        Assert.Contains($"  {Program} {path}", text, StringComparison.Ordinal);
        Assert.All(HelpText.Options(command), option => Assert.Contains($"  {option.Name}", text, StringComparison.Ordinal));
        Assert.All(text.Split('\n').Where(line => !line.Contains(Program, StringComparison.Ordinal)), line => Assert.True(line.TrimEnd('\r').Length <= 80, line));
    }

    [Fact]
    public void Options_of_training_stand_in_named_groups()
    {
        string text = HelpText.Of(CommandLine.Create().Subcommands.First(c => c.Name == "compare"), Program, 100);
        Assert.All((string[])["What runs", "Learning rate and optimizer", "Text", "While it trains", "Where it runs", "What is kept", "What is said"], group => Assert.Contains($"\n{group}", text.ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.DoesNotContain("\nOptions\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_itself_lists_every_command()
    {
        RootCommand root = CommandLine.Create();
        string text = HelpText.Of(root, Program, 120);
        Assert.All(root.Subcommands.Where(c => !c.Hidden), command => Assert.Contains(command.Name, text, StringComparison.Ordinal));
        Assert.DoesNotContain("\nMore\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) =>
        command.Subcommands.SelectMany(c => All(c, $"{path}{c.Name} ").Prepend(($"{path}{c.Name}", c)));
}
