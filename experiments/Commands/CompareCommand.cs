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
        var presets = new Argument<string[]>("variants") { Description = "Two or more presets ('list' shows them), each with changes if need be: adamuon adamuon:sign=false adamuon:nesterov=true,steps=3", Arity = ArgumentArity.ZeroOrMore };
        var command = new TrainingCommand("compare", "Presets and changed presets side by side: paired seeds, one table, one figure", p => ExperimentRequest.From(Of(p.GetValue(presets)!), p, common, options, json)) { presets };
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        command.SetAction(int (ParseResult parsed) => Resumption.Execute(parsed, common, command.Build));
        return command;
    }

    private static Experiment Of(string[] texts)
    {
        if (texts.Length < 2) throw CommandException.Usage("compare: give two or more presets, such as 'compare muon adamuon' or 'compare adamuon adamuon:sign=false'");
        Variant[] variants = [.. texts.Select(VariantText.Parse)];
        VariantText.RequireDistinct(variants);
        string[] names = [.. variants.Select(v => v.Name)];
        return new Experiment
        {
            Name = "compare",
            Question = $"How do {string.Join(", ", names[..^1])} and {names[^1]} compare?",
            Paper = "none",
            Explanation = "Presets of the user's choice under the experiments' protocol: paired seeds, the same batches and initial weights, one learning rate for all or one grid for each.",
            Variants = variants,
        };
    }
}
