using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Reference;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Theory;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>theory</c>: AdaMuon's lemmas and theorems on known functions, step by step.</summary>
internal static class TheoryCommand
{
    public static Command Create(Option<bool> json)
    {
        var options = new ToyOptions(TheoryRecord.Full.Seeds, TheoryRecord.Quick.Seeds);
        var command = new Command(TheoryRecord.Toy.Name, TheoryRecord.Toy.Question);
        options.AddTo(command);
        command.SetAction(int (ParseResult p) =>
        {
            Alone.Require(p);
            TheorySettings settings = (options.Quick(p) ? TheoryRecord.Quick : TheoryRecord.Full) with { Seeds = options.Seeds(p) };
            using HeldFolder held = options.Folder(p, TheoryRecord.Toy.Name);
            string folder = held.Path;
            var result = new TheoryResult(settings, SideBySide.Run(TheoryRecord.Plans(settings), plan => TheorySummary.Of(plan, IsKept(plan, settings))),
                [.. Invariance.Transforms.Select(t => TheoryRecord.Seeds(settings).Select(seed => Invariance.Cosine(t.Changes, seed)).ToArray())]);
            string? figure = Files(result, options.Quick(p)).Write(TheoryRecord.Toy.Name, folder);
            if (p.GetValue(json)) Console.Out.WriteLine(TheoryJson.Of(result, figure, folder).ToJsonString(Json.Documents));
            else Console.Out.WriteLine($"{TheoryText.Table(result)}\n{TheoryText.Claims(result).Replace("**", "", StringComparison.Ordinal)}\nrun     {Shown.OneLine(folder)}\nfigure  {Shown.OneLine(figure ?? FigureFiles.None)}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Whether every step goes to steps.csv: the first seed with exact gradients, one run a schedule.</summary>
    private static bool IsKept(TheoryPlan plan, TheorySettings settings) => plan.Seed == TheoryRecord.FirstSeed && plan.Arm == TheoryRecord.Exact && (plan.Decays || plan.Eta == settings.Constants[0]);

    private static ToyFiles Files(TheoryResult result, bool quick) => new()
    {
        Table = TheoryText.Table(result),
        Report = TheoryText.Report(result),
        Curves = TheoryText.Curves(result),
        More = [("steps.csv", TheoryText.Steps(result))],
        Result = (figure, folder) => TheoryJson.Of(result, figure, folder),
        Settings = new JsonObject { ["quick"] = quick, ["firstSeed"] = TheoryRecord.FirstSeed, ["seeds"] = result.Settings.Seeds, ["decayingSteps"] = result.Settings.DecayingSteps, ["constantSteps"] = result.Settings.ConstantSteps },
        Backend = new ReferenceBackend<double>().Description,
        Figures = TheoryFigures.All(result),
    };
}
