using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary><c>--config FILE.json</c>, its schema, and the file that every run folder has.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private const string Example = """
        {
          // a comparison of one's own
          "command": "compare",
          "variants": ["adamuon", "adamuon:sign=false"],
          "profile": "tiny", "steps": 50, "learning-rate": 2e-3,
          "schedule": "wsd", "decay": "30%", /* the last third */
          "quick": false,
          "grid": ["clip=0.5,1"],
          "model": { "nLayer": 1, "bias": true },
          "optimizer": { "momentum": 0.9, "orthogonalizer": { "steps": 3 } },
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_says_what_the_command_line_says()
    {
        string expected = Resolved(["compare", "adamuon", "adamuon:sign=false", "--profile", "tiny", "--steps", "50", "--learning-rate", "2e-3", "--schedule", "wsd", "--decay", "30%", "--grid", "clip=0.5,1", "--set", "model.nLayer=1", "--set", "model.bias=true", "--set", "optimizer.momentum=0.9", "--set", "optimizer.orthogonalizer.steps=3"]);
        string file = _folder.File("run.json", Example);
        Assert.Equal(expected, Resolved(["--config", file]));
        Assert.Equal(expected, Resolved(["compare", $"--config={file}"]));
    }

    [Fact]
    public void The_command_line_counts_instead()
    {
        string file = _folder.File("run.json", Example);
        string resolved = Resolved(["compare", "muon", "adamw", "--config", file, "--steps", "7", "--set", "model.nLayer=2"]);
        Assert.Contains("\"steps\":7,", resolved, StringComparison.Ordinal);
        Assert.Contains("\"nLayer\":2,", resolved, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"adamw\"", resolved, StringComparison.Ordinal);
        Assert.DoesNotContain("adamuon", resolved, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"command":"train","stpes":5}""", "unknown key \"stpes\"; did you mean \"steps\"?")]
    [InlineData("""{"command":"train","steps":[[]]}""", "\"steps\" is []; expected a text or a number")]
    [InlineData("""{"command":"train","dry-run":"yes"}""", "\"dry-run\" is \"yes\"; expected true or false")]
    [InlineData("""{"command":"train","model":3}""", "\"model\" is 3; expected an object of its keys")]
    [InlineData("""{"command":"list"}""", "'list' is no command that trains")]
    [InlineData("""{"steps":5}""", "it has no \"command\"")]
    [InlineData("""{"command":"train","steps":5,"steps":6}""", "steps")]
    [InlineData("""{"command":"train",""", "line 1")]
    [InlineData("""[1]""", "expected an object such as")]
    [InlineData("""{"command":"train","variants":["muon"]}""", "'train' takes no variants")]
    public void What_is_wrong_in_a_file_is_one_line(string text, string message)
    {
        CommandException error = Assert.Throws<CommandException>(() => ConfigurationFile.Expand(CommandLine.Create(), ["--config", _folder.File("run.json", text)]));
        Assert.Equal(3, error.ExitCode);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_missing_file_or_another_command_is_refused()
    {
        Assert.Contains("there is no such file", Assert.Throws<CommandException>(() => ConfigurationFile.Expand(CommandLine.Create(), ["train", "--config", _folder.In("none.json")])).Message, StringComparison.Ordinal);
        Assert.Contains("give a file", Assert.Throws<CommandException>(() => ConfigurationFile.Expand(CommandLine.Create(), ["train", "--config"])).Message, StringComparison.Ordinal);
        string file = _folder.File("run.json", Example);
        Assert.Contains("'train' stands on the command line", Assert.Throws<CommandException>(() => ConfigurationFile.Expand(CommandLine.Create(), ["train", "--config", file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_has_every_key()
    {
        RootCommand root = CommandLine.Create();
        JsonObject properties = SchemaCommand.Document(root)["properties"]!.AsObject();
        foreach (Option option in root.Subcommands.OfType<TrainingCommand>().SelectMany(c => c.Options).Where(o => o.Name is not ("--set" or "--config" or "--help"))) Assert.True(properties.ContainsKey(option.Name[2..]), option.Name);
        Assert.True(properties["model"]!["properties"]!.AsObject().ContainsKey("nLayer"));
        Assert.True(properties["optimizer"]!["properties"]!["orthogonalizer"]!["properties"]!.AsObject().ContainsKey("steps"));
        foreach ((string key, JsonNode? _) in JsonNode.Parse(Example, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject()) Assert.True(properties.ContainsKey(key), key);
    }

    [Fact]
    public async Task Every_run_folder_has_the_one_that_repeats_it()
    {
        string first = _folder.In("first"), second = _folder.In("second");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--profile", "tiny", "--steps", "4", "--batch", "2", "--learning-rate", "1e-3", "--warmup", "2", "--set", "model.nLayer=1", "--set", "optimizer.momentum=0.9", "--seed", "5", "--optimizer", "muon", "--no-progress", "--out", first);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--config", Path.Combine(first, "configuration.json"), "--no-progress", "--out", second);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(RunFiles.Metrics(first), RunFiles.Metrics(second));
        Assert.Contains(RunFiles.Metrics(second).Keys, path => path.StartsWith("muon", StringComparison.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(first, "configuration.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Path.Combine(second, "configuration.json"), TestContext.Current.CancellationToken));
    }

    private static string Resolved(string[] args)
    {
        RootCommand root = CommandLine.Create();
        ParseResult parsed = CommandLine.Parse(root, ConfigurationFile.Expand(root, args));
        Assert.Empty(parsed.Errors);
        return ((TrainingCommand)parsed.CommandResult.Command).Build(parsed).Resolved().ToJsonString();
    }
}
