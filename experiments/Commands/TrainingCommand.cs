using System.CommandLine;

namespace MiniGrad.Experiments.Commands;

/// <summary>A command that trains. What a command line of it asks for can be built without running it: of a recorded run, for instance.</summary>
internal sealed class TrainingCommand : Command
{
    public TrainingCommand(string name, string description, Func<ParseResult, ExperimentRequest> build)
        : base(name, description) => Build = build;

    /// <summary>The request of a command line.</summary>
    public Func<ParseResult, ExperimentRequest> Build { get; }
}
