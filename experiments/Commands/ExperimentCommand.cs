using System.CommandLine;
using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Commands;

/// <summary>One command per experiment.</summary>
internal static class ExperimentCommand
{
    public static Command Create(Experiment experiment, Option<bool> json)
    {
        var common = new CommonOptions();
        var options = new ExperimentOptions();
        var command = new TrainingCommand(experiment.Name, experiment.Question, p => ExperimentRequest.From(experiment, p, common, options, json));
        foreach (Option option in common.All.Concat(options.All)) command.Add(option);
        command.SetAction(int (ParseResult parsed) => Resumption.Execute(parsed, common, command.Build));
        return command;
    }
}
