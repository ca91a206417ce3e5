using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments.Terminal;

namespace MiniGrad.Tests.Experiments;

/// <summary>What the program says on the screen.</summary>
public sealed class WordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.0042, "4.2 ms")]
    [InlineData(2.51, "2.5 s")]
    [InlineData(59, "59 s")]
    [InlineData(305, "5 min 5 s")]
    [InlineData(12000, "3 h 20 min")]
    [InlineData(187200, "2 d 4 h")]
    public void Times_are_said_as_one_says_them(double seconds, string words) => Assert.Equal(words, Words.Duration(seconds));

    [Theory]
    [InlineData(0.0123456, "0.0123")]
    [InlineData(12345.6, "12,346")]
    [InlineData(0, "0")]
    public void Numbers_have_the_digits_that_mean_something(double value, string words) => Assert.Equal(words, Words.Significant(value));

    [Fact]
    public async Task Help_says_what_to_type()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "ablate-sign", "--help");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("dotnet MiniGrad.Experiments.dll ablate-sign --quick", outcome.Output, StringComparison.Ordinal); // as the test types it
        Assert.Contains("Learning rate and optimizer", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_differs_from_the_defaults()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "compare", "adamuon:sign=false", "muon", "--profile", "tiny", "--steps", "77", "--set", "model.nLayer=1", "--schedule", "wsd", "--dry-run");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.DoesNotContain('{', outcome.Output);
        Assert.All((string[])["  steps: 77 (else 1000)", "  model.nLayer: 1 (else 2)", "  schedule: wsd (else constant)", "the preset adamuon with sign false (else true), weight decay 0.1", "the preset muon as it is", "MFLOP a token"], words => Assert.Contains(words, outcome.Output, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("batch: 16", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("small", "4 layers of width 128", 0)]
    [InlineData("gpt2-s", "12 layers of width 768", 0)]
    [InlineData("ablate-si", "ablate-sign:", 0)]
    [InlineData("adamuon", "adamuon:", 0)]
    [InlineData("ablate-", "which of ablate-second-moment, ablate-rms", 2)]
    [InlineData("smal", "small: a size", 0)]
    [InlineData("ablate-sing", "did you mean 'ablate-sign'?", 2)]
    public async Task Explain_takes_profiles_and_beginnings(string name, string words, int code)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "explain", name);
        Assert.Equal(code, outcome.ExitCode);
        string said = outcome.Output + outcome.Error;
        Assert.Contains(code == 2 && words.StartsWith("which", StringComparison.Ordinal) ? "which of " : words, said, StringComparison.Ordinal);
        Assert.True(code == 0 || said.Length < 300, said); // the nearest, not all
    }

    [Theory]
    [InlineData("--lr", "1e-3", "did you mean '--learning-rate'?")]
    [InlineData("--layers", "3", "did you mean '--set model.nLayer=VALUE'?")]
    public async Task Options_of_other_programs_are_answered_with_ours(string option, string value, string words)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", option, value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smoke_run_says_so_and_its_table_fits_the_terminal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the pseudo-terminal is Linux's");
        string[] quick = ["compare", "muon", "sgd", "--quick", "--steps", "4", "--batch", "2", "--seeds", "1"];
        ExperimentsProgram.Outcome plain = await ExperimentsProgram.RunAsync(_folder.Path, [.. quick, "--no-progress", "--out", _folder.In("plain")]);
        Assert.True(plain.ExitCode == 0, plain.Error);
        Assert.Contains("its verdict means nothing", plain.Error, StringComparison.Ordinal);
        Assert.Contains("smoke run", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("| variant", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tokens to AdamW's loss", plain.Output, StringComparison.Ordinal); // nobody ran AdamW
        string table = await File.ReadAllTextAsync(Path.Combine(_folder.In("plain"), "table.md"), TestContext.Current.CancellationToken);
        Assert.Contains("| variant", table, StringComparison.Ordinal);
        Assert.DoesNotContain("AdamW", table, StringComparison.Ordinal);
        Assert.Contains("smoke run", await File.ReadAllTextAsync(Path.Combine(_folder.In("plain"), "report.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        (int code, TerminalScreen screen) = await ProgramOnTerminal.RunAsync(_folder.Path, 44, 30, false, quick);
        Assert.True(code == 0, string.Join('\n', screen.All));
        string header = Assert.Single(screen.All, line => line.StartsWith("variant", StringComparison.Ordinal) && line.Contains("validation loss", StringComparison.Ordinal));
        int at = screen.All.ToList().IndexOf(header);
        Assert.Matches(@"^muon +.*\d\.\d{3}$", screen.All[at + 1]);
        Assert.Matches(@"^sgd +.*\d\.\d{3}$", screen.All[at + 2]);
    }

    [Fact]
    public async Task Every_variant_counts_at_its_own_best_of_the_grid()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "compare", "muon", "adamw", "--quick", "--steps", "12", "--batch", "2", "--seeds", "1", "--grid", "learningRate=1e-5,1e-2", "--grid", "auxiliary.learningRate=1e-6,1e-2", "--no-progress", "--out", run, "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(4 + 2, json["grid"]!.AsArray().Count);
        Assert.Equal("tuned", (string?)json["protocol"]);
        foreach (JsonNode? best in json["variants"]!.AsArray())
        {
            double lowest = json["grid"]!.AsArray().Where(g => (string)g!["name"]! == (string)best!["name"]!).Min(g => (double)g!["finalValidationLoss"]!["mean"]!);
            Assert.Equal(lowest, (double)best!["finalValidationLoss"]!["mean"]!);
        }
        Assert.Equal("auxiliary.learningRate=1e-2", (string?)json["variants"]![0]!["setting"]);
        Assert.Null(json["variants"]![1]!["setting"]);
        Assert.Contains("auxiliary.learningRate=1e-2", await File.ReadAllTextAsync(Path.Combine(run, "table.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // What was recorded is read back point by point.
        ExperimentsProgram.Outcome report = await ExperimentsProgram.RunAsync(_folder.Path, "report", run, "--json");
        Assert.True(report.ExitCode == 0, report.Error);
        Assert.Equal(json["variants"]!.ToJsonString(), JsonNode.Parse(report.Output)!["variants"]!.ToJsonString());
        ExperimentsProgram.Outcome again = await ExperimentsProgram.RunAsync(_folder.Path, "reproduce", Path.Combine(run, "manifest.json"), "--runs", "3", "--no-progress");
        Assert.True(again.ExitCode == 0, again.Output + again.Error);
    }

    [Fact]
    public void What_the_system_does_not_permit_is_said_in_our_words()
    {
        (int code, string line) = Failures.Describe(new UnauthorizedAccessException("Access to the path '/data/text.txt' is denied."));
        Assert.Equal(ExitCode.InputOutput, code);
        Assert.Equal("'/data/text.txt' cannot be opened: the system does not permit it; change its permissions, or give another path", line);
    }
}
