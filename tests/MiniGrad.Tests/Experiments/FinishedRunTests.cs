using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>A run that is over has its report, whatever cannot be drawn or copied.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class FinishedRunTests(ShardedRuns runs) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_learning_rate_of_0_is_reported()
    {
        await Ends(["train", .. runs.Small, "--set", "optimizer.learningRate=0", "--out", _folder.In("train")]);
        await Ends(["compare", "muon", "adamw", .. runs.Small, "--seeds", "2", "--set", "optimizer.learningRate=0", "--out", _folder.In("compare")]);
        foreach (string run in (string[])["train", "compare"])
        {
            Assert.True(File.Exists(Path.Combine(_folder.In(run), "report.md")), run);
            File.Delete(Path.Combine(_folder.In(run), "report.md"));
            await Ends(["report", _folder.In(run)]);
            await Ends([run, "--resume", _folder.In(run)]);
            Assert.True(File.Exists(Path.Combine(_folder.In(run), "report.md")), run);
        }
    }

    [Fact]
    public async Task A_loss_of_0_is_reported()
    {
        string[] train = ["train", "--corpus", _folder.File("a.txt", new string('a', 20_000)), "--tokenizer", "byte", .. runs.Small[2..^2], "--optimizer", "adamw", "--set", "optimizer.learningRate=1", "--steps", "150", "--eval-every", "150", "--out", _folder.In("run")];
        ExperimentsProgram.Outcome outcome = await Ends(train);
        string last = (await File.ReadAllLinesAsync(Path.Combine(_folder.In("run"), "curves.csv"), TestContext.Current.CancellationToken))[^1];
        Assert.Equal("0", last.Split(',')[8]); // the validation loss
        Assert.True(File.Exists(Path.Combine(_folder.In("run"), "report.md")), outcome.Error);
        await Ends(["report", _folder.In("run")]);
    }

    [Fact]
    public async Task Plots_that_cannot_be_written_are_a_warning()
    {
        _folder.File("plots", "a file where the folder should be");
        ExperimentsProgram.Outcome outcome = await Ends(["train", .. runs.Small, "--out", _folder.In("run")]);
        Assert.Contains("warning: the figure could not be copied to", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"figure  {_folder.In("run")}/figure.png", outcome.Output, StringComparison.Ordinal);
        ExperimentsProgram.Outcome theory = await Ends(["theory", "--quick", "--seeds", "1", "--out", _folder.In("theory")]);
        Assert.Contains("warning: the figure could not be copied to", theory.Error, StringComparison.Ordinal);
        Assert.Equal("a file where the folder should be", await File.ReadAllTextAsync(_folder.In("plots"), TestContext.Current.CancellationToken));
    }

    private async Task<ExperimentsProgram.Outcome> Ends(string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: exit {outcome.ExitCode}: {outcome.Error}");
        return outcome;
    }
}
