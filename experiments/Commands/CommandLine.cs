using System.CommandLine;
using System.CommandLine.Help;
using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Commands;

/// <summary>The program's commands and options (docs/cli.md).</summary>
internal static class CommandLine
{
    // A word that begins with '@' is that word, a prompt for instance: no file is read in its place.
    private static readonly ParserConfiguration Words = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses words, of the user or of a record, as they are.</summary>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> words) => root.Parse(words, Words);

    public static RootCommand Create()
    {
        var json = new CommandOption<bool>("--json") { Use = OptionUse.User, Description = "One JSON document on standard output", Recursive = true };
        var debug = new CommandOption<bool>("--debug") { Use = OptionUse.User, Description = "Show a stack trace with an error", Recursive = true };
        var root = new RootCommand("MiniGrad's experiments: the Muon family of optimizers on small transformers") { json, debug };
        foreach (Experiment experiment in ExperimentCatalog.All) root.Add(ExperimentCommand.Create(experiment, json));
        root.Add(CostCommand.Create(json));
        root.Add(TheoryCommand.Create(json));
        root.Add(DualNormCommand.Create(json));
        root.Add(CompareCommand.Create(json));
        root.Add(TrainCommand.Create(json));
        root.Add(SampleCommand.Create(json));
        root.Add(EvaluateCommand.Create(json));
        root.Add(ExportCommand.Create());
        root.Add(TokenizeCommand.Create(json));
        root.Add(ListCommand.Create(json));
        root.Add(ExplainCommand.Create(json));
        root.Add(ReplayCommand.Create(json));
        root.Add(CoefficientsCommand.Create(json));
        root.Add(BenchCommand.Create(json));
        root.Add(ReportCommand.Create(json));
        root.Add(PlotCommand.Create());
        root.Add(BoardCommand.Create());
        root.Add(ReproduceCommand.Create(json));
        root.Add(GalleryCommand.Create());
        root.Add(SchemaCommand.Create());
        root.Add(DoctorCommand.Create(json));
        foreach (HelpOption help in root.Options.OfType<HelpOption>()) help.Action = new HelpText();
        root.SetAction(int (ParseResult parsed) => root.Parse(["--help"]).Invoke());
        return root;
    }
}
