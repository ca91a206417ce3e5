using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.IO;
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
        Train(Trunks.Of(plan), []);
        RunRecord?[] records = Train(plan, experiment.Probes);
        Assert.All(records, r => Assert.Equal(TrainingOutcome.Completed, r!.Result.Outcome));
        // Whatever a run starts from, the variants of an arm and seed start from the same.
        Assert.All(records.GroupBy(r => (r!.Run.Arm, r.Run.Seed)), paired => Assert.Single(paired.Select(r => r!.InitialSha256).Distinct()));

        ExperimentResult result = Analysis.Analyse(experiment, plan, [.. records.Select(r => r!)], folder.Path);
        result = ReportFiles.Write(result, plotsFolder: null);
        Assert.All((string[])["table.md", "report.md", "verdict.json", "result.json", "curves.csv", "figure.png", "figure.svg"], file => Assert.True(new FileInfo(Path.Combine(folder.Path, file)).Length > 0, file));
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "result.json")))!;
        Assert.Equal(experiment.Variants.Select(v => v.Name), json["variants"]!.AsArray().Select(v => (string)v!["name"]!));
        // After three steps no model knows as much as a table of pairs of bytes.
        Assert.Equal(Outcome.None, result.Verdict.Outcome);
        Assert.StartsWith(experiment.ClaimInWords is null ? "this experiment makes no claim" : "no variant ends below the bigram model's", result.Verdict.Reason, StringComparison.Ordinal);
        if (experiment.Factorial is { } factorial) Assert.Equal((1 << factorial.Factors.Count) - 1, json["effects"]!.AsArray().Count);
        if (experiment.Drawing == Drawing.Scaling) Assert.Equal(experiment.Variants.Count * result.Arms.Count, json["scaling"]!["rungs"]!.AsArray().Count);
        Assert.All(experiment.Probes.Where(p => p is not IWatchingProbe), p => Assert.All(records, r => Assert.Contains(r!.Measures.Keys, key => key.StartsWith(p.Name + ".", StringComparison.Ordinal))));

        RunRecord?[] Train(Plan runs, IReadOnlyList<IProbe> probes)
        {
            if (runs.Runs.Count == 0) return [];
            var monitor = new RunMonitor(runs);
            return ParallelRunner.Run(runs.Runs.Count, 2, (i, token) => RunExecutor.Execute(runs.Runs[i], i, runs.WorkloadOf(runs.Runs[i]), folder.Path, 1, probes, monitor, token), TestContext.Current.CancellationToken);
        }
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
    public void One_name_is_one_optimizer()
    {
        (string Name, string Stages, string Experiment)[] all = [.. from experiment in ExperimentCatalog.All
                                                                   from variant in experiment.Variants
                                                                   select (variant.Name, string.Join(" → ", Stages(variant)), experiment.Name)];
        // What stands in a sweep is called after its setting; a sweep's own names are of that sweep.
        Assert.All(all.GroupBy(v => v.Name), of => Assert.True(of.Select(v => v.Stages).Distinct().Count() == 1, $"{of.Key} is\n{string.Join('\n', of.Select(v => $"{v.Experiment}: {v.Stages}").Distinct())}"));

        static IEnumerable<string> Stages(Variant variant)
        {
            using var context = new ComputeContext(new CpuBackend(1));
            ILanguageModel model = LanguageModels.Create(context, new GptOptions { NLayer = 1, NEmbd = 8, NHead = 2, BlockSize = 8, VocabSize = 16 }, 0);
            OptimizerOptions options = OptimizerOptions.FromPreset(variant.Preset).With(variant.Changes) with { LearningRate = 0.01 };
            return [.. new Optimizer(model.Parameters, options).Groups[0].Stages.Select(stage => stage.ToString()!)];
        }
    }

    [Fact]
    public void Runs_that_branch_off_share_weights_and_see_new_batches()
    {
        using var folder = new TemporaryFolder();
        ExperimentRequest request = Request(Branch.Experiment, "--steps", "3", "--batch", "2", "--seeds", "2", "--set", "model.nEmbd=32", "--set", "model.nLayer=1", "--set", "model.blockSize=16");
        Plan plan = new(Workload.LoadAll(request.Arms), PlanBuilder.Build(Branch.Experiment, request.Arms, request.Seeds)), trunks = Trunks.Of(plan);
        Assert.Equal([("from Muon, before", "muon", 0UL), ("from AdamW, before", "adamw", 0UL), ("from Muon, before", "muon", 1UL), ("from AdamW, before", "adamw", 1UL)], trunks.Runs.Select(r => (r.Arm.Name, r.Variant.Name, r.Seed)));
        Assert.Throws<CheckpointException>(() => Trunks.Starting(plan.Runs[0], plan.WorkloadOf(plan.Runs[0]), folder.Path));
        PlannedRun trunk = trunks.Runs[0], branch = plan.Runs.First(r => r.Arm.Name == "from Muon" && r.Seed == 0);
        Assert.NotEqual(trunk.BatchSeed, branch.BatchSeed);
        Assert.Empty(Trunks.Of(plan with { Runs = [] }).Runs);
    }

    [Fact]
    public void Counted_work_of_options_is_that_of_the_model()
    {
        GptOptions options = new() { NLayer = 2, NEmbd = 32, NHead = 2, BlockSize = 16, VocabSize = 50 };
        using var context = new ComputeContext(new CpuBackend(1));
        Assert.Equal(CountedWork.FlopsPerToken(LanguageModels.Create(context, options, 0)), CountedWork.FlopsPerToken(options), 1e-6);
        Assert.Equal(2 * 12 * 32 * 32, CountedWork.NonEmbedding(options));
    }

    [Fact]
    public void Arms_that_the_command_line_makes_equal_are_one()
    {
        Assert.Equal(4, Request(Figure1.Experiment).Arms.Count);
        Assert.Equal(["constant rate"], Request(AblateSign.Experiment, "--schedule", "constant").Arms.Select(a => a.Arm.Name)); // a name says what really runs
        Assert.Equal(["2×64, 6e-4", "3×96, 6e-4"], Request(Figure1.Experiment, "--learning-rates", "6e-4").Arms.Select(a => a.Arm.Name));
        Assert.Equal([("linear rate", 1000), ("tiny, steps 7", 7)], Request(AblateSign.Experiment, "--arm", "schedule=linear", "--arm", "profile=tiny,steps=7").Arms.Select(a => (a.Arm.Name, a.Settings.Steps)));
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
