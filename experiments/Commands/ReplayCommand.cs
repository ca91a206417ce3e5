using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>replay CASE.json …</c>: recorded gradients through our optimizers, held against the recorded parameters.</summary>
internal static class ReplayCommand
{
    public static Command Create(Option<bool> json)
    {
        var cases = new Argument<string[]>("cases") { Description = "Recorded cases", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "Writes our own parameters after every step (one case only)" };
        var command = new Command("replay", "Replay recorded gradients and compare the parameters; exit 1 when out of tolerance") { cases, output };
        command.SetAction(int (ParseResult parsed) => Run(parsed.GetValue(cases)!, SettingsBuilder.NotEmpty(parsed.GetValue(output), "--out"), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string? output, bool json)
    {
        if (output is not null && files.Length > 1) throw CommandException.Usage("--out takes the parameters of one case; give one file");
        var results = new JsonArray();
        bool passed = true;
        foreach (string file in files)
        {
            if (!File.Exists(file)) throw new CommandException(ExitCode.InvalidData, $"replay: there is no file '{file}'");
            ReplayResult result = Replay.Run(ReplayCase.Load(file), new CpuBackend());
            passed &= result.Passed;
            if (output is not null) result.WriteParameters(output);
            if (json) results.Add(Document(result));
            else Print(result);
        }
        if (json) Console.Out.WriteLine(results.ToJsonString(Json.Documents));
        return passed ? ExitCode.Done : ExitCode.ClaimFailed;
    }

    private static void Print(ReplayResult result)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(result.Passed ? "pass" : "FAIL")}  {result.Name} ({result.Source}): largest deviation {result.Largest:G3}, tolerance {result.Tolerance:G3}"));
        foreach (ParameterDeviation d in result.Deviations) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {d.Parameter}: {d.Largest:G3} at step {d.Step}"));
    }

    private static JsonObject Document(ReplayResult result) => new()
    {
        ["name"] = result.Name,
        ["source"] = result.Source,
        ["passed"] = result.Passed,
        ["tolerance"] = result.Tolerance,
        ["largest"] = double.IsFinite(result.Largest) ? result.Largest : null,
        ["parameters"] = new JsonArray([.. result.Deviations.Select(d => new JsonObject { ["name"] = d.Parameter, ["largest"] = double.IsFinite(d.Largest) ? d.Largest : null, ["step"] = d.Step })]),
    };
}
