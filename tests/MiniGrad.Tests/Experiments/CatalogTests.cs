using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Tests.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

/// <summary>Every experiment of the catalog, instantiated: every variant trains for three steps, and a valid report comes out.</summary>
public sealed class CatalogTests
{
    public static TheoryData<string> Names => [.. ExperimentCatalog.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_variant_trains_for_three_steps_and_a_report_comes_out(string name)
    {
        using var folder = new TemporaryFolder();
        Experiment experiment = ExperimentCatalog.Find(name)!;
        ExperimentRequest request = Request(experiment, "--quick", "--steps", "3", "--eval-every", "3", "--batch", "2", "--seeds", "2", "--set", "model.nEmbd=32", "--set", "model.nLayer=1", "--set", "model.blockSize=16");
        var plan = new Plan(Workload.LoadAll(request.Arms), PlanBuilder.Build(experiment, request.Arms, request.Seeds));
        var monitor = new RunMonitor(plan);
        RunRecord?[] records = ParallelRunner.Run(plan.Runs.Count, 2, (i, token) => RunExecutor.Execute(plan.Runs[i], i, plan.WorkloadOf(plan.Runs[i]), folder.Path, 1, experiment.Probes, monitor, token), TestContext.Current.CancellationToken);
        Assert.All(records, r => Assert.Equal(TrainingOutcome.Completed, r!.Result.Outcome));

        ExperimentResult result = Analysis.Analyse(experiment, plan, [.. records.Select(r => r!)], folder.Path);
        result = ReportFiles.Write(result, plotsFolder: null);
        Assert.All((string[])["table.md", "report.md", "verdict.json", "result.json", "curves.csv", "figure.png", "figure.svg"], file => Assert.True(new FileInfo(Path.Combine(folder.Path, file)).Length > 0, file));
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "result.json")))!;
        Assert.Equal(experiment.Variants.Select(v => v.Name), json["variants"]!.AsArray().Select(v => (string)v!["name"]!));
        // After three steps no model knows as much as a table of pairs of bytes.
        Assert.Equal(Outcome.None, result.Verdict.Outcome);
        Assert.StartsWith(experiment.ClaimInWords is null ? "this experiment makes no claim" : "no variant ends below the bigram model's", result.Verdict.Reason, StringComparison.Ordinal);
        if (experiment.Factorial is { } factorial) Assert.Equal((1 << factorial.Factors.Count) - 1, json["effects"]!.AsArray().Count);
        Assert.All(experiment.Probes.Where(p => p is not IWatchingProbe), p => Assert.All(records, r => Assert.Contains(r!.Measures.Keys, key => key.StartsWith(p.Name + ".", StringComparison.Ordinal))));
    }

    [Fact]
    public void Names_and_claims_fit_their_variants()
    {
        Assert.Equal(ExperimentCatalog.All.Count, ExperimentCatalog.All.Select(e => e.Name).Distinct().Count());
        foreach (Experiment experiment in ExperimentCatalog.All)
        {
            string[] names = [.. experiment.Variants.Select(v => v.Name)];
            Assert.Equal(names.Length, names.Distinct().Count());
            Assert.NotEmpty(experiment.Explanation);
            if (experiment.Factorial is { } factorial) Assert.Equal(2, factorial.Claimed.Count(place => place < factorial.Factors.Count));
            if (experiment.Claim is not { } claim) continue;
            Assert.Contains(claim.Lower, names);
            Assert.Contains(claim.Than, names);
        }
    }

    [Fact]
    public void The_factorial_has_every_combination_and_its_corners_are_the_authors_rule_and_muon()
    {
        Experiment experiment = AblateAll.Experiment;
        Assert.Equal(16, experiment.Variants.Select(v => string.Concat(v.Levels.Select(on => on ? '1' : '0'))).Distinct().Count());
        string[][] stages = [.. experiment.Variants.Select(Stages)];
        Assert.Equal(16, stages.Select(s => string.Join(" → ", s)).Distinct().Count());
        Assert.Equal(Stages(new Variant("", "adamuon-repo")), Stages(experiment.Variants.Single(v => v.Name == "adamuon-repo")));
        Assert.Equal(Stages(new Variant("", "muon", "scale=match-rms-adamw")), Stages(experiment.Variants.Single(v => v.Name == "muon")));
        // A switch changes its own stage, and the nominal step where alignment goes: never the number of the others.
        Assert.All(experiment.Variants, v => Assert.Equal((v.Levels[0], v.Levels[1], v.Levels[3]), (Has(v, "sign"), Has(v, "elementwise-second-moment"), Has(v, "nesterov"))));

        static bool Has(Variant variant, string stage) => Options(variant).Compile().Any(s => s.Name == stage);
        static string[] Stages(Variant variant) => [.. Options(variant).Compile().Select(s => s.ToString()!)];
        static OptimizerOptions Options(Variant variant) => variant.Changes.Aggregate(OptimizerOptions.FromPreset(variant.Preset), (options, change) => options.With(change.Split('=')[0], change.Split('=')[1]));
    }

    [Fact]
    public void Arms_that_the_command_line_makes_equal_are_one()
    {
        Assert.Equal(4, Request(Figure1.Experiment).Arms.Count);
        Assert.Equal(["tiny, steps 600, learning rate 6e-4", "tiny, steps 600, learning rate 1e-3"], Request(Figure1.Experiment, "--profile", "tiny").Arms.Select(a => a.Arm.Name)); // a name says what really runs
        Assert.Equal(["small, 6e-4", "tiny, 6e-4"], Request(Figure1.Experiment, "--learning-rates", "6e-4").Arms.Select(a => a.Arm.Name));
        Assert.Equal([("linear rate", 300), ("tiny, steps 7", 7)], Request(AblateSign.Experiment, "--arm", "schedule=linear", "--arm", "profile=tiny,steps=7").Arms.Select(a => (a.Arm.Name, a.Settings.Steps)));
    }

    [Theory]
    [InlineData("steps", "expected KEY=VALUE")]
    [InlineData("step=3", "key of an arm")]
    [InlineData("steps=0", "steps=0")]
    [InlineData("learningRate=-1", "learningRate=-1")]
    [InlineData("schedule=often", "schedule")]
    public void A_wrong_arm_is_refused_in_one_line(string arm, string expected)
    {
        string message = Assert.Throws<MiniGrad.Experiments.CommandException>(() => Request(AblateSign.Experiment, "--arm", arm)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static ExperimentRequest Request(Experiment experiment, params string[] arguments)
    {
        (CommonOptions common, ExperimentOptions options, Option<bool> json) = (new(), new(), new("--json"));
        var command = new RootCommand { json };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        return ExperimentRequest.From(experiment, command.Parse(arguments), common, options, json);
    }
}
