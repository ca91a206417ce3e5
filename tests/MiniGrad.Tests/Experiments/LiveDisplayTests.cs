using System.Globalization;
using System.Text.RegularExpressions;
using MiniGrad.Experiments.Display;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments.Terminal;

namespace MiniGrad.Tests.Experiments;

/// <summary>The live display as it stands on a terminal.</summary>
public sealed class LiveDisplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _compare;

    public LiveDisplayTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the pseudo-terminal is Linux's");
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"The method returns the value of item {i * i % 97} when it is called {i} times.\n")));
        _compare = ["--corpus", _folder.File("text.txt", text), "--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--jobs", "2"];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(80, 24, false)]
    [InlineData(200, 50, false)]
    [InlineData(30, 24, false)]
    [InlineData(30, 12, true)]
    public async Task Runs_are_counted_as_they_end_and_fit_the_terminal(int columns, int rows, bool onlyError)
    {
        (int code, TerminalScreen screen) = await ProgramOnTerminal.RunAsync(_folder.Path, columns, rows, onlyError, ["compare", "muon", "adamuon-pytorch-optimizer", "adamw", .. _compare, "--seeds", "2", "--steps", "1000"]);
        string all = string.Join('\n', screen.All);
        Assert.True(code == 0, all);
        Assert.Matches(@"6 of 6 runs, 100 %", all);
        Assert.Contains(screen.Shown, shown => Regex.IsMatch(shown, @"\b[1-5] of 6 runs, ([1-9]|[1-9]\d) %")); // not only at the end
        foreach (string shown in screen.Shown.Append(all))
        {
            // One table at a time: nothing is drawn below what should have been drawn over.
            Assert.True(Regex.Count(shown, @"of 6 runs, \d+ %") <= 1 && Regex.Count(shown, @"^run .*valid\.", RegexOptions.Multiline) <= 1, shown);
            if (Regex.Match(shown, @"(\d) of 6 runs, (\d+) %") is { Success: true } match) Assert.True(match.Groups[2].Value != "100" || match.Groups[1].Value == "6", shown);
        }
        // Every run has its line, with a loss.
        Assert.Equal(3, Regex.Count(all, @"^(muon|adam).*seed 1 +━+ .*\d\.\d{3}", RegexOptions.Multiline));
        for (int seed = 0; seed < 2; seed++) Assert.Matches($@"(?m)^adam.*seed {seed} +━+ .*\d\.\d{{3}}", all);
        bool wide = columns >= 200;
        Assert.Equal(columns >= 80, all.Contains("tokens/s", StringComparison.Ordinal));
        Assert.Equal(columns >= 80, all.Contains("% peak", StringComparison.Ordinal));
        Assert.Equal(wide, all.Any(c => c is > '\u2800' and <= '\u28FF'));
    }

    [Fact]
    public async Task A_resumed_experiment_counts_what_was_done_before()
    {
        string run = _folder.In("run");
        string[] compare = ["compare", "muon", "adamw", .. _compare, "--seeds", "2", "--steps", "40"];
        ExperimentsProgram.Outcome first = await ExperimentsProgram.RunAsync(_folder.Path, [.. compare, "--no-progress", "--out", run]);
        Assert.True(first.ExitCode == 0, first.Error);
        File.Delete(Directory.GetFiles(run, "run.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last());
        (int code, TerminalScreen screen) = await ProgramOnTerminal.RunAsync(_folder.Path, 100, 30, false, "compare", "--resume", run);
        string all = string.Join('\n', screen.All);
        Assert.True(code == 0, all);
        Assert.Contains("4 of 4 runs, 100 %", all, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^adamw · seed 0 +━+ +40 +\d\.\d{3} +\d\.\d{3}", all); // read, not trained, and yet with its numbers
    }

    [Fact]
    public void Names_keep_the_end_that_tells_them_apart()
    {
        Assert.Equal("adamu…seed 1", LiveColumns.Shortened("adamuon without sign · seed 1", 12));
        Assert.Equal("muon · seed 1", LiveColumns.Shortened("muon · seed 1", 13));
        Assert.All(Enumerable.Range(1, 40), width => Assert.True(LiveColumns.Shortened("adamuon without sign · lr 0.003 · seed 12", width).Length <= width));
    }

    [Fact]
    public void A_curve_falls_from_the_top_left_to_the_bottom_right()
    {
        string[] lines = BrailleCurve.Lines([8, 7, 6, 5, 4, 3, 2, 1], 1, 8, 2);
        Assert.Equal((4, 2), (lines[0].Length, lines.Length));
        Assert.Equal(((char)0x2811, ' '), (lines[0][0], lines[0][3]));
        Assert.Equal((' ', (char)0x2884), (lines[1][0], lines[1][3]));
        Assert.Equal("    ", BrailleCurve.Lines([double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN], 0, 1, 1)[0]);
    }
}
