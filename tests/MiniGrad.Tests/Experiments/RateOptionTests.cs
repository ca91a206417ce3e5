using System.CommandLine;
using MiniGrad.Experiments;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Tests.Experiments;

/// <summary>Rates, schedules, changed presets and grids, from the command line to the plan.</summary>
public sealed class RateOptionTests
{
    [Theory]
    [InlineData("ablate-sign")]
    [InlineData("compare muon adamw")]
    [InlineData("train")]
    public void Every_training_command_takes_them(string command)
    {
        RunSettings settings = Request($"{command} --steps 200 --learning-rate 2e-3 --warmup 10% --schedule wsd --decay 25% --final-rate 0.1 --clip 0.5 --weight-decay 0.05").Arms[0].Settings;
        Assert.Equal((ScheduleKind.Wsd, 20, 50, 0.1), (settings.Schedule, settings.WarmupSteps, settings.DecaySteps, settings.FinalRate));
        Assert.Equal((2e-3, "as given", 0.5, 0.05), (settings.LearningRate, settings.LearningRateSource, settings.MaxGradientNorm, settings.WeightDecay));
        Assert.Equal("wsd over the last 50 steps to 0.1 of the rate", settings.ScheduleInWords);
        PlannedRun run = Plan($"{command} --learning-rate 2e-3 --weight-decay 0.05")[0];
        Assert.Equal((2e-3, 0.05), (run.Optimizer.LearningRate, run.Optimizer.WeightDecay));
    }

    [Fact]
    public void Without_them_nothing_changes()
    {
        RunSettings settings = Request("ablate-sign").Arms[0].Settings;
        Assert.Equal((ScheduleKind.Linear, 50, 0, 0.0, 1.0, 0.1, 6e-3), (settings.Schedule, settings.WarmupSteps, settings.DecaySteps, settings.FinalRate, settings.MaxGradientNorm, settings.WeightDecay, settings.LearningRate));
        Assert.Equal(200, Request("ablate-sign --schedule sqrt").Arms[0].Settings.DecaySteps); // a fifth of the steps
        Assert.Equal(0, Request("ablate-sign --schedule linear").Arms[0].Settings.DecaySteps);
        Assert.Equal(7, Request("ablate-sign --warmup 7").Arms[0].Settings.WarmupSteps);
        Assert.Equal(0, Request("ablate-sign --warmup 0").Arms[0].Settings.WarmupSteps);
        Assert.Equal([3e-3], Request("shared-or-tuned --learning-rate 3e-3").Arms[0].LearningRates);
    }

    [Fact]
    public void A_setting_of_a_stage_without_a_key_is_set_from_the_command_line()
    {
        IReadOnlyList<PlannedRun> plan = Plan("compare adamuon adamuon:stages.elementwise-second-moment.epsilon=1e-6 --set optimizer.stages.momentum.beta=0.5 --seeds 1");
        Assert.Equal(2, plan.Count);
        Assert.All(plan, run => Assert.Contains("0.5", string.Join(' ', run.Optimizer.Compile()), StringComparison.Ordinal));
        Assert.Contains("1E-06", string.Join(' ', plan[1].Optimizer.Compile()), StringComparison.Ordinal);
        Assert.DoesNotContain("1E-06", string.Join(' ', plan[0].Optimizer.Compile()), StringComparison.Ordinal);
        Assert.Contains("did you mean 'momentum'?", Assert.ThrowsAny<Exception>(() => Plan("compare adamuon muon --set optimizer.stages.momentun.beta=0.5 --seeds 1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_are_changed_where_they_are_named()
    {
        IReadOnlyList<PlannedRun> plan = Plan("compare adamuon adamuon:sign=false adamuon:nesterov=true,steps=3 muon --seeds 1");
        Assert.Equal(["adamuon", "adamuon sign=false", "adamuon nesterov=true, orthogonalizer.steps=3", "muon"], plan.Select(r => r.Variant.Name));
        Assert.Equal([true, false, true, false], plan.Select(r => r.Optimizer.Sign));
        Assert.Equal((3, true), (plan[2].Optimizer.Orthogonalizer.Steps, plan[2].Optimizer.Nesterov));
        Assert.Equal(4, plan.Select(r => r.Folder).Distinct().Count());
    }

    [Fact]
    public void A_grid_of_several_keys_is_their_product()
    {
        IReadOnlyList<PlannedRun> plan = Plan("compare muon adamw --seeds 2 --grid learningRate=1e-3,3e-3 --grid auxiliary.learningRate=1e-4,3e-4 --grid clip=0,1");
        Assert.Equal(2 * 2 * 2 * 2, plan.Count(r => r.Variant.Name == "muon"));
        // AdamW has no auxiliary group: the values of that key are one run.
        Assert.Equal(2 * 2 * 2, plan.Count(r => r.Variant.Name == "adamw"));
        Assert.Equal([1e-4, 3e-4], plan.Where(r => r.Variant.Name == "muon").Select(r => r.Optimizer.AuxiliaryGroup().LearningRate!.Value).Distinct());
        Assert.Contains(plan, r => r is { Setting: "clip=0, auxiliary.learningRate=3e-4", LearningRate: 3e-3, Conditions: "clip=0" });
        Assert.Equal(plan.Count, plan.Select(r => r.Folder).Distinct().Count());
        Assert.Equal(plan.Count, plan.Select(r => r.Label).Distinct().Count());
    }

    [Theory]
    [InlineData("--schedule wsdd", "unknown schedule 'wsdd'; did you mean 'wsd'?")]
    [InlineData("--schedule -1", "unknown schedule '-1'")]
    [InlineData("--schedule constant,linear", "unknown schedule 'constant,linear'")]
    [InlineData("--schedule wsd --warmup 60% --decay 60%", "--warmup 60% and --decay 60% are 600 and 600 of 1000 steps and overlap; give shorter ones")]
    [InlineData("--decay 20%", "a constant rate does not decay; give --schedule wsd")]
    [InlineData("--schedule wsd --decay 120%", "--decay 120%: expected a number of the 1000 steps, or a share of them such as 5%")]
    [InlineData("--warmup -3", "--warmup -3: expected a number of the 1000 steps")]
    [InlineData("--schedule linear --final-rate 2", "--final-rate 2: expected a share of the learning rate from 0 to 1")]
    [InlineData("--learning-rate 0", "--learning-rate 0: must be above 0")]
    [InlineData("--learning-rate 1e-3 --learning-rates 1e-3,3e-3", "say the same thing; give one of them")]
    [InlineData("--clip -1", "--clip -1: must be at least 0")]
    [InlineData("--weight-decay -0.1", "--weight-decay -0.1: must be at least 0")]
    [InlineData("--set lr=1e-3", "unknown key 'lr'; did you mean 'optimizer.learningRate'?")]
    [InlineData("--set optimizer.wd=0.1", "did you mean 'weightDecay'?")]
    [InlineData("--set model.layers=3", "did you mean 'model.nLayer'?")]
    [InlineData("--set layers=3", "did you mean 'model.nLayer'?")]
    [InlineData("--set optimizer.momentun=0.9", "did you mean 'momentum'?")]
    [InlineData("--set nLayer=3", "did you mean 'model.nLayer'?")]
    [InlineData("--grid momentum", "expected KEY=A,B,C, such as optimizer.momentum=0.9,0.95")]
    [InlineData("--grid momentum=0.9,0.9", "a value stands twice")]
    [InlineData("--grid momentun=0.9,0.95", "did you mean 'momentum'?")]
    [InlineData("--grid steps=100,200", "which steps is best is no question that a loss answers")]
    [InlineData("--grid momentum=0.9,0.95 --grid momentum=0.8,0.85", "stands twice")]
    [InlineData("--grid momentum=0.9,0.95 --set optimizer.momentum=0.9", "would overwrite every value")]
    [InlineData("--grid clip=0.5,1 --clip 1", "two points come to the same run")]
    public void What_is_wrong_gets_one_line_with_the_nearest_fix(string options, string message)
    {
        string error = Assert.Throws<CommandException>(() => Plan($"ablate-sign {options}")).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.True(error.Length < 200 && !error.Contains('\n', StringComparison.Ordinal), error);
    }

    [Theory]
    [InlineData("muon", "give two or more presets")]
    [InlineData("muon muon", "'muon' stands twice")]
    [InlineData("muon muon:steps=5", "'muon' and 'muon orthogonalizer.steps=5' are the same optimizer")]
    [InlineData("muon adamoun:sign=false", "unknown preset 'adamoun'; did you mean 'adamuon'?")]
    [InlineData("muon adamuon:sing=false", "unknown key 'sing'; did you mean 'sign'?")]
    [InlineData("muon adamuon:sign", "expected PRESET:KEY=VALUE")]
    [InlineData("muon adamuon:sign=perhaps", "sign is")]
    [InlineData("muon adamw:sign=true", "has no effect on preset 'adamw'")]
    public void Wrong_variants_are_refused(string variants, string message) =>
        Assert.Contains(message, Assert.Throws<CommandException>(() => Plan($"compare {variants}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--lr", "--learning-rate")]
    [InlineData("--wd", "--weight-decay")]
    [InlineData("--layers", "--set model.nLayer=VALUE")]
    [InlineData("--batch-size", "--batch")]
    [InlineData("--n-embd", null)]
    public void What_others_call_an_option_is_a_hint(string option, string? hint) => Assert.Equal(hint, SettingKeys.Option(option));

    private static ExperimentRequest Request(string line)
    {
        RootCommand root = CommandLine.Create();
        ParseResult parsed = root.Parse(line.Split(' '));
        Assert.Empty(parsed.Errors);
        return ((TrainingCommand)parsed.CommandResult.Command).Build(parsed);
    }

    private static IReadOnlyList<PlannedRun> Plan(string line)
    {
        ExperimentRequest request = Request(line);
        return PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds);
    }
}
