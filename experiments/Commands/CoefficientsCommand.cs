using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>coefficients --steps N --lower L</c>: minimax Newton–Schulz coefficients; without them, the sets that ship. Prints ranges, draws the curves.</summary>
internal static class CoefficientsCommand
{
    private const int CurvePoints = 33;
    private static readonly double[] Lowers = [1e-3, 1e-2];

    public static Command Create(Option<bool> json)
    {
        var steps = CommonOptions.Number("--steps", "Newton–Schulz steps to design (1 to 99)");
        var lower = CommonOptions.Real("--lower", "The least singular value after the normalization, such as 1e-3");
        var cushion = CommonOptions.Real("--cushion", "Design no step for an interval wider than 1/C; the published Polar Express list has 0.02407327424182761 (default: 0, minimax)");
        var figure = new Option<string?>("--figure") { Description = "Draw the curves into this PNG" };
        var command = new Command("coefficients", "Design minimax Newton–Schulz coefficients, or show the sets that ship") { steps, lower, cushion, figure };
        command.SetAction(int (ParseResult parsed) => Run(parsed.GetValue(steps), parsed.GetValue(lower), parsed.GetValue(cushion) ?? 0, SettingsBuilder.NotEmpty(parsed.GetValue(figure), "--figure"), parsed.GetValue(json)));
        return command;
    }

    private static int Run(int? steps, double? lower, double cushion, string? path, bool json)
    {
        if (steps is null != lower is null) throw CommandException.Usage("coefficients: give --steps and --lower together, or neither for the sets that ship");
        if (path is not null) FigureFiles.MakeFolder("--figure", path);
        if (steps is null)
        {
            string? all = Draw(CoefficientFigure.Shipped, path);
            if (json) Console.Out.WriteLine(Shipped(all).ToJsonString(Json.Documents));
            else PrintShipped(all);
            return ExitCode.Done;
        }
        CoefficientDesign design = Design(steps.Value, lower!.Value, cushion);
        string? figure = Draw(() => CoefficientFigure.Designed(design, cushion), path);
        if (json) Console.Out.WriteLine(Document(design, cushion, figure).ToJsonString(Json.Documents));
        else Print(design, figure);
        return ExitCode.Done;
    }

    private static CoefficientDesign Design(int steps, double lower, double cushion)
    {
        try
        {
            return MinimaxCoefficients.Design(steps, lower, cushion);
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage($"--{e.Message}");
        }
    }

    // A question about numbers writes nothing that nobody asked for.
    private static string? Draw(Func<Figure> figure, string? path)
    {
        if (path is null) return null;
        return FigureFiles.Draw(figure, Path.ChangeExtension(path, null), svg: false) ?? FigureFiles.None;
    }

    private static void Print(CoefficientDesign design, string? figure)
    {
        Line($"{design.Steps} minimax steps for σ in [{design.Lower:G}, 1]");
        for (int step = 0; step < design.Steps; step++)
        {
            Coefficients c = design.Coefficients.At(step);
            Line($"  {step + 1,2}  a {c.A,20:R}  b {c.B,20:R}  c {c.C,20:R}");
        }
        Line($"range     [{design.Smallest:F6}, {design.Largest:F6}]: no σ there ends further than {design.Error:E2} from 1");
        Line($"slope     {design.Coefficients.SlopeAtZero(design.Steps):F1} at 0");
        Line($"curve     σ → p(σ)");
        foreach ((double sigma, double value) in Curve(design.Coefficients, design.Steps, 9)) Line($"  {sigma,9:G3}  {value:F4}  {new string('█', (int)Math.Round(Math.Clamp(value, 0, 1.3) * 30))}");
        Line($"use       --set 'optimizer.orthogonalizer.coefficients={Option(design)}' --set optimizer.orthogonalizer.steps={design.Steps}");
        if (figure is not null) Line($"figure    {Shown.OneLine(figure)}");
    }

    private static void PrintShipped(string? figure)
    {
        Line($"{"set",-14} {"steps",5} {"slope at 0",10}  {"from 1e-3",-17} {"from 1e-2",-17} {"p(1)",7}");
        foreach (CoefficientSet set in CoefficientSets.All)
        {
            int steps = CoefficientSets.StepsOf(set);
            ((double a, double b), (double c, double d)) = (set.Range(steps, Lowers[0]), set.Range(steps, Lowers[1]));
            string refused = set.TurnsAt(steps) is { } turns ? string.Create(CultureInfo.InvariantCulture, $"  refused: turns at σ = {turns:F3}") : "";
            Line($"{set.Name,-14} {steps,5} {set.SlopeAtZero(steps),10:F1}  {$"[{a:F4}, {b:F4}]",-17} {$"[{c:F4}, {d:F4}]",-17} {set.Compose(steps, 1),7:F4}{refused}");
        }
        if (figure is not null) Line($"figure    {Shown.OneLine(figure)}");
    }

    private static JsonObject Document(CoefficientDesign design, double cushion, string? figure) => new()
    {
        ["steps"] = design.Steps,
        ["lower"] = design.Lower,
        ["cushion"] = cushion,
        ["coefficients"] = Triples(design.Coefficients),
        ["range"] = new JsonArray(design.Smallest, design.Largest),
        ["error"] = design.Error,
        ["slopeAtZero"] = design.Coefficients.SlopeAtZero(design.Steps),
        ["curve"] = new JsonArray([.. Curve(design.Coefficients, design.Steps, CurvePoints).Select(p => new JsonArray(p.Sigma, p.Value))]),
        ["figure"] = figure,
    };

    private static JsonObject Shipped(string? figure) => new()
    {
        ["sets"] = new JsonArray([.. CoefficientSets.All.Select(set => Document(set, CoefficientSets.StepsOf(set)))]),
        ["figure"] = figure,
    };

    private static JsonObject Document(CoefficientSet set, int steps) => new()
    {
        ["name"] = set.Name,
        ["source"] = set.Source,
        ["steps"] = steps,
        ["coefficients"] = Triples(set),
        ["slopeAtZero"] = set.SlopeAtZero(steps),
        ["ranges"] = new JsonArray([.. Lowers.Select(lower => new JsonObject { ["lower"] = lower, ["range"] = new JsonArray(set.Range(steps, lower).Smallest, set.Range(steps, lower).Largest) })]),
        ["atOne"] = set.Compose(steps, 1),
        ["turnsAt"] = set.TurnsAt(steps),
    };

    private static JsonArray Triples(CoefficientSet set) => new([.. set.Triples.Select(t => new JsonArray(t.A, t.B, t.C))]);

    private static string Option(CoefficientDesign design) =>
        $"[{string.Join(",", design.Coefficients.Triples.Select(t => string.Create(CultureInfo.InvariantCulture, $"[{t.A:R},{t.B:R},{t.C:R}]")))}]";

    private static IEnumerable<(double Sigma, double Value)> Curve(CoefficientSet set, int steps, int points)
    {
        for (int i = 0; i < points; i++)
        {
            double sigma = Math.Pow(10, -4 + (4.0 * i / (points - 1)));
            yield return (sigma, set.Compose(steps, sigma));
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
