using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>What <c>train</c> tells before its first step and on the way.</summary>
public sealed class WhileItTrainsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _train;

    public WhileItTrainsTests()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"The method returns the value of item {i * i % 97} when it is called {i} times.\n")));
        _train = ["train", "--corpus", _folder.File("text.txt", text), "--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--threads", "1", "--no-progress", "--steps", "20"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Samples_are_written_on_the_way_and_change_no_number()
    {
        string plain = _folder.In("plain"), sampled = _folder.In("sampled");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train, "--out", plain]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train, "--sample-every", "8", "--sample-prompt", "The method", "--out", sampled]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(RunFiles.Metrics(plain), RunFiles.Metrics(sampled));
        JsonNode[] samples = [.. File.ReadLines(Assert.Single(Directory.GetFiles(sampled, "samples.jsonl", SearchOption.AllDirectories))).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([8, 16, 20], samples.Select(s => (int)s["step"]!));
        Assert.All(samples, s => Assert.Equal("The method", (string?)s["prompt"]));
        Assert.All(samples, s => Assert.True(((string)s["text"]!).Length > 20));
        Assert.NotEqual((string?)samples[0]["text"], (string?)samples[2]["text"]); // it learns
        Assert.Empty(Directory.GetFiles(plain, "samples.jsonl", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_model_is_described_before_its_first_step()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train, "--out", _folder.In("run")]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string line = outcome.Error.Split('\n').First(l => l.StartsWith("model ", StringComparison.Ordinal));
        // 2·256·16 of embedding and head, 12·16² of the block, two norms a block and one: 11,328. Products: 3·(2·(12·16² + 256·16) + 4·16·17/2).
        Assert.Matches(@"11,3\d\d parameters, 0\.0446 MFLOP a token, .* MiB of weights, gradients and optimizer state", line);
    }

    [Fact]
    public async Task Early_stopping_ends_a_run_that_gets_no_better_and_says_so()
    {
        string run = _folder.In("run");
        string[] train = [.. _train[..^2], "--steps", "60", "--eval-every", "3", "--optimizer", "adamw", "--learning-rate", "1", "--early-stopping", "2", "--out", run];
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, train);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Matches(@"stopped early after step \d+: no validation loss below \d\.\d+ in the last 2 evaluations", outcome.Error);
        double[] losses = [.. File.ReadLines(Assert.Single(Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories)))
            .Select(line => (double?)JsonNode.Parse(line)!["validationLoss"]).OfType<double>()];
        Assert.True(losses.Length < 60 / 3 && losses[^1] >= losses[..^2].Min() && losses[^2] >= losses[..^2].Min());
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken))!;
        Assert.StartsWith("stopped early", (string?)manifest["runs"]![0]!["reason"], StringComparison.Ordinal);
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, "report", run)).ExitCode);
        outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train, "--early-stopping", "0", "--out", _folder.In("none")]);
        Assert.Equal((2, "error: --early-stopping 0: must be at least 1"), (outcome.ExitCode, outcome.Error.Trim()));
    }

    [Fact]
    public async Task A_range_test_rises_through_the_rates_and_draws_them()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train[..^2], "--steps", "60", "--optimizer", "adamw", "--find-learning-rate", "--out", run, "--json"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        double[] rates = [.. File.ReadLines(Assert.Single(Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories))).Select(line => (double)JsonNode.Parse(line)!["learningRate"]!)];
        Assert.Equal(1e-5, rates[0], 1e-12);
        Assert.Equal(1, rates[^1], 1e-12);
        Assert.Equal(rates[1] / rates[0], rates[31] / rates[30], 1e-9);
        Assert.InRange((double)json["steepest"]!, 1e-4, 1);
        Assert.True((double)json["lowest"]! >= (double)json["steepest"]!);
        Assert.True(new FileInfo(Path.Combine(run, "learning-rates.png")).Length > 1000);
    }

    [Fact]
    public void A_range_test_finds_where_a_known_loss_falls_fastest()
    {
        double[] rates = [.. Enumerable.Range(0, 400).Select(i => Math.Pow(10, -5 + (5.0 * i / 399)))];
        // Falls around 1e-3, is lowest near 1e-1 and explodes then.
        double[] losses = [.. rates.Select(r => 2 - Math.Tanh(2 * Math.Log10(r / 1e-3)) + (r > 0.1 ? 200 * (r - 0.1) : 0))];
        RateRange range = RateRange.Of(rates, losses)!;
        Assert.InRange(range.Steepest, 5e-4, 3e-3);
        Assert.InRange(range.Lowest, 2e-2, 2e-1);
        Assert.True(range.Losses.Count < 400); // what follows the explosion tells nothing
        Assert.Null(RateRange.Of(rates, [1, 2, double.NaN, .. losses[3..]]));
    }

    [Theory]
    [InlineData("--sample-every 0: must be at least 1", "--sample-every", "0")]
    [InlineData("--sample-prompt: give --sample-every N, too", "--sample-prompt", "x")]
    public async Task Wrong_sampling_is_a_usage_error(string message, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. _train, .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }
}
