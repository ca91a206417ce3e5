using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>list</c>: experiments, presets and profiles.</summary>
internal static class ListCommand
{
    public static Command Create(Option<bool> json)
    {
        var command = new Command("list", "Experiments, optimizer presets and profiles");
        command.SetAction(int (ParseResult parsed) =>
        {
            if (parsed.GetValue(json)) Console.Out.WriteLine(Document().ToJsonString(Json.Documents));
            else Print();
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print()
    {
        Section("experiments", ExperimentCatalog.All.Select(e => (e.Name, e.Question)).Append((CostSweeps.Name, CostSweeps.Question)).Concat(ToyCatalog.All.Select(t => (t.Name, t.Question))));
        Section("presets", Presets.All.Select(p => (p.Name, p.Description)));
        Section("profiles", Profiles.All.Select(p => (p.Name, $"{p.Model.NLayer}×{p.Model.NEmbd}, context {p.Model.BlockSize}, {p.TokensPerStep:N0} tokens a step, {p.Steps:N0} steps")));
        Console.Out.WriteLine("'explain NAME' says more about an experiment or a preset.");
    }

    private static void Section(string title, IEnumerable<(string Name, string Text)> entries)
    {
        (string Name, string Text)[] rows = [.. entries];
        int width = rows.Max(r => r.Name.Length);
        Console.Out.WriteLine(title);
        foreach ((string name, string text) in rows) Console.Out.WriteLine($"  {name.PadRight(width)}  {text}");
        Console.Out.WriteLine();
    }

    private static JsonObject Document() => new()
    {
        ["experiments"] = new JsonArray([.. ExperimentCatalog.All.Select(e => new JsonObject { ["name"] = e.Name, ["question"] = e.Question, ["paper"] = e.Paper, ["variants"] = new JsonArray([.. e.Variants.Select(v => JsonValue.Create(v.Name))]) }), new JsonObject { ["name"] = CostSweeps.Name, ["question"] = CostSweeps.Question, ["paper"] = CostSweeps.Paper, ["variants"] = new JsonArray([.. CostSweeps.All.Select(s => JsonValue.Create(s.Name))]) }, .. ToyCatalog.All.Select(t => new JsonObject { ["name"] = t.Name, ["question"] = t.Question, ["paper"] = t.Paper, ["variants"] = new JsonArray([.. t.Conditions.Select(c => JsonValue.Create(c))]) })]),
        ["presets"] = new JsonArray([.. Presets.All.Select(p => new JsonObject { ["name"] = p.Name, ["description"] = p.Description, ["source"] = p.Source })]),
        ["profiles"] = new JsonArray([.. Profiles.All.Select(p => new JsonObject { ["name"] = p.Name, ["tokensPerStep"] = p.TokensPerStep, ["steps"] = p.Steps, ["learningRate"] = p.LearningRate })]),
    };
}
