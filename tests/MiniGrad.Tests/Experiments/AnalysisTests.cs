using System.CommandLine;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

/// <summary>What becomes of runs whose losses are given: verdicts and tables, without training.</summary>
public sealed class AnalysisTests
{
    private const int Steps = 40;

    private static readonly string[] Small = ["--arm", $"profile=tiny,steps={Steps}", "--batch", "2", "--set", "model.nEmbd=32", "--set", "model.nLayer=1", "--set", "model.blockSize=16", "--seeds", "3"];

    private static readonly double[] Wobble = [0.003, -0.002, 0.001];

    [Theory]
    // The bigram model has 2.4 nats.
    [InlineData(1.500, 1.502, "equivalent", "the whole 90 % interval lies within ±0.01 nats")]
    [InlineData(1.500, 3.000, "confirmed", "the whole 95 % interval lies on the claimed side; {than} ends above the bigram model's")]
    [InlineData(2.900, 3.000, "none", "both end above the bigram model's")]
    public void The_claim_s_two_variants_decide(double lower, double than, string outcome, string reason)
    {
        Experiment experiment = AblateSign.Experiment;
        Claim claim = experiment.Claim!;
        ExperimentResult result = Analyse(experiment, (variant, seed, _) => (variant == claim.Lower ? lower - Wobble[seed] : variant == claim.Than ? than : 1.7) + 0.1 * seed);
        Assert.Equal(outcome, result.Verdict.Outcome.ToString().ToLowerInvariant());
        Assert.StartsWith(reason.Replace("{than}", claim.Than, StringComparison.Ordinal), result.Verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(lower - than, result.Verdict.Difference!.Value, 1e-3);
        // The others end at one loss, below the bigram model.
        Assert.All(result.Others.Where(c => c.First != claim.Lower && c.First != claim.Than && c.Second != claim.Lower && c.Second != claim.Than), c => Assert.Equal("none", c.Outcome));
    }

    [Fact]
    public void Where_no_variant_has_learned_pairs_of_tokens_there_is_no_verdict()
    {
        ExperimentResult result = Analyse(AblateSign.Experiment, (variant, seed, _) => 3 + 0.1 * seed + (variant == AblateSign.Experiment.Claim!.Lower ? -0.2 + Wobble[seed] : 0));
        Assert.Equal(Outcome.None, result.Verdict.Outcome);
        Assert.StartsWith("no variant ends below the bigram model's 2.4", result.Verdict.Reason, StringComparison.Ordinal);
        Assert.StartsWith("No verdict: no variant", MiniGrad.Experiments.Reporting.Figures.Finding.Of(result), StringComparison.Ordinal);
        Assert.All(result.Others, c => Assert.Equal("none", c.Outcome));
    }

    [Fact]
    public void Runs_that_never_come_down_to_the_baseline_s_loss_count_with_all_of_their_tokens()
    {
        // AdamW falls evenly to 1; Muon gets there after half of its steps; AdaMuon does with the first seed, after three quarters, and never with the others.
        Experiment experiment = Table1.Experiment;
        Claim claim = experiment.Claim!;
        ExperimentResult result = Analyse(experiment, (variant, seed, step) =>
            variant == claim.Than ? 2 - (2.0 + 0.02 * seed) * step / Steps
            : variant == claim.Lower ? 2 - (seed == 0 ? 4 / 3.0 : 0.9) * step / Steps
            : 2 - 1.0 * step / Steps);
        const double Tokens = Steps * 2 * 16;
        TokensToBaseline to = result.Primary.Variant(claim.Lower).ToBaseline!;
        Assert.Equal([true, false, false], to.IsReached);
        Assert.Equal([0.75 * Tokens, Tokens, Tokens], to.Tokens, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(Outcome.Refuted, result.Verdict.Outcome);
        Assert.Equal("the whole 95 % interval lies on the other side; 1 of 3 runs of " + claim.Lower + " and 3 of 3 of " + claim.Than + " come down to AdamW's loss, the others count with the 1,280 tokens that they have", result.Verdict.Reason);
        Assert.False(result.Verdict.Test!.Pooled); // what is cut off has no variance of its own
        Assert.InRange(result.Verdict.Test.Upper, 0, Tokens);
        Assert.Contains("> 1,173 (1 of 3)", ReportText.Table(result), StringComparison.Ordinal);
        Assert.Contains("a lower bound", ReportText.Table(result), StringComparison.Ordinal);
        Assert.True((bool)ResultJson.Of(result)["variants"]!.AsArray().Single(v => (string)v!["name"]! == claim.Lower)!["tokensSaved"]!["isBound"]!);
    }

    [Fact]
    public void A_factorial_s_claim_is_about_the_interaction()
    {
        // The sign costs 0.24 with the second moment and 0.04 without it; Nesterov saves 0.1.
        Experiment experiment = AblateAll.Experiment;
        ExperimentResult result = Analyse(experiment, (variant, seed, _) =>
        {
            IReadOnlyList<bool> has = experiment.Variants.Single(v => v.Name == variant).Levels;
            return 1.5 + 0.1 * seed + (has[0] ? has[1] ? 0.24 : 0.04 : 0) - (has[3] ? 0.1 : 0) + 0.004 * Math.Sin(37 * (seed + 3 * experiment.Variants.ToList().FindIndex(v => v.Name == variant)));
        });
        Assert.Equal(Outcome.Confirmed, result.Verdict.Outcome);
        Assert.Equal(0.2, result.Verdict.Difference!.Value, 0.005);
        Assert.Equal(-0.1, result.Effects.Single(e => e.Name == "Nesterov").Test!.Difference, 0.005);
        Assert.Equal("equivalent", result.Effects.Single(e => e.Name == "alignment").Outcome);
        Assert.StartsWith("Confirmed: the sign's effect on the loss is 0.198 nats higher with the second moment than without, after 40 steps", MiniGrad.Experiments.Reporting.Figures.Finding.Of(result), StringComparison.Ordinal);
        Assert.Contains("| sign × second moment | +0.198 |", ReportText.Of(result), StringComparison.Ordinal);
        Assert.Empty(result.Others);
    }

    private static ExperimentResult Analyse(Experiment experiment, Func<string, int, int, double> loss)
    {
        (CommonOptions common, ExperimentOptions options, Option<bool> json) = (new(), new(), new("--json"));
        var command = new RootCommand { json };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        ExperimentRequest request = ExperimentRequest.From(experiment, command.Parse(Small), common, options, json);
        var plan = new Plan(Workload.LoadAll(request.Arms), PlanBuilder.Build(experiment, request.Arms, request.Seeds));
        return Analysis.Analyse(experiment, plan, [.. plan.Runs.Select(run => Record(run, step => loss(run.Variant.Name, (int)run.Seed, step)))], "runs/none");
    }

    private static RunRecord Record(PlannedRun run, Func<int, double> loss) => new()
    {
        Run = run,
        History = [.. Enumerable.Range(1, Steps).Select(step => new StepMetrics { Step = step, Tokens = step * 2 * 16, Seconds = step, TrainLoss = loss(step), ValidationLoss = step == Steps ? loss(step) : null, LearningRate = run.LearningRate, GradientNorm = 1, UpdateRms = 1 })],
        Result = new TrainingResult { Outcome = TrainingOutcome.Completed, Steps = Steps, SkippedSteps = 0, FinalTrainLoss = loss(Steps), FinalValidationLoss = loss(Steps), TrainSeconds = Steps, BatchFingerprint = "batches", Reason = null },
        InitialSha256 = "weights",
        Routing = [],
        Stages = [],
        MatricesOrthogonalized = 0,
        Backend = "",
    };
}
