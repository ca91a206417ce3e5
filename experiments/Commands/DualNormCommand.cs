using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.DualNorm;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>dual-norm</c>: Muon with and without the dual norm on ‖I − XᵀX‖².</summary>
internal static class DualNormCommand
{
    public static Command Create(Option<bool> json)
    {
        var options = new ToyOptions(DualNormRecord.Full.Seeds, DualNormRecord.Quick.Seeds);
        var command = new Command(DualNormRecord.Toy.Name, DualNormRecord.Toy.Question);
        options.AddTo(command);
        command.SetAction(int (ParseResult p) =>
        {
            Alone.Require(p);
            DualNormSettings settings = (options.Quick(p) ? DualNormRecord.Quick : DualNormRecord.Full) with { Seeds = options.Seeds(p) };
            using HeldFolder held = options.Folder(p, DualNormRecord.Toy.Name);
            string folder = held.Path;
            var result = new DualNormResult(settings, SideBySide.Run(DualNormRecord.Plans(settings), DualNormOutcome.Of));
            string? figure = Files(result, options.Quick(p)).Write(DualNormRecord.Toy.Name, folder);
            if (p.GetValue(json)) Console.Out.WriteLine(DualNormJson.Of(result, figure, folder).ToJsonString(Json.Documents));
            else Console.Out.WriteLine($"{DualNormText.Table(result)}\n{DualNormText.Sentence(result).Replace("**", "", StringComparison.Ordinal)}\n{DualNormText.Count(result)}\n\nrun     {Shown.OneLine(folder)}\nfigure  {Shown.OneLine(figure ?? FigureFiles.None)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static ToyFiles Files(DualNormResult result, bool quick)
    {
        using var backend = new CpuBackend(threads: 1);
        return new ToyFiles
        {
            Table = DualNormText.Table(result),
            Report = DualNormText.Report(result),
            Curves = DualNormText.Curves(result),
            Result = (figure, folder) => DualNormJson.Of(result, figure, folder),
            Settings = new JsonObject { ["quick"] = quick, ["seeds"] = result.Settings.Seeds, ["steps"] = result.Settings.Steps },
            Backend = backend.Description,
            Figures = DualNormFigures.All(result),
        };
    }
}
