using System.CommandLine;
using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>compare PRESET PRESET …</c>: the experiments' protocol for presets of the user's choice.</summary>
internal static class CompareCommand
{
    public static Command Create(Option<bool> json)
    {
        var common = new CommonOptions();
        var options = new ExperimentOptions();
        var presets = new Argument<string[]>("presets") { Description = "Two or more presets ('list' shows them)", Arity = ArgumentArity.ZeroOrMore };
        var command = new TrainingCommand("compare", "Presets side by side: paired seeds, one table, one figure", p => ExperimentRequest.From(Of(p.GetValue(presets)!), p, common, options, json)) { presets };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        command.SetAction(int (ParseResult parsed) => Resumption.Execute(parsed, common, command.Build));
        return command;
    }

    private static Experiment Of(string[] presets)
    {
        if (presets.Length < 2) throw CommandException.Usage("compare: give two or more presets, such as 'compare muon adamuon'");
        if (presets.Distinct().Count() < presets.Length) throw CommandException.Usage("compare: a preset stands twice");
        return new Experiment
        {
            Name = "compare",
            Question = $"How do {string.Join(", ", presets[..^1])} and {presets[^1]} compare?",
            Paper = "none",
            Explanation = "Presets of the user's choice under the experiments' protocol: paired seeds, the same batches and initial weights, one learning rate for all or one grid for each.",
            Variants = [.. presets.Select(p => new Variant(p, p))],
        };
    }
}
