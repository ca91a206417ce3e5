using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary>
/// <c>--resume FOLDER</c>: the options of the interrupted command are read from its <c>resume.json</c>, those given now must
/// resolve to the same settings. The file stays in the run folder and is never published: it may hold a path.
/// </summary>
internal static class Resumption
{
    private const string FileName = "resume.json";

    /// <summary>Runs a training command, from the beginning or on from where it was interrupted.</summary>
    public static int Execute(ParseResult parsed, CommonOptions common, Func<ParseResult, ExperimentRequest> build) => ExperimentRun.Execute(Resolve(parsed, common, build));

    /// <summary>What a training command is to run: its own options, or those of the run that it resumes.</summary>
    public static ExperimentRequest Resolve(ParseResult parsed, CommonOptions common, Func<ParseResult, ExperimentRequest> build)
    {
        if (parsed.GetValue(common.Resume) is not { } given) return build(parsed) with { Given = GivenOptions.Of(parsed, passing: false) };
        string folder = Path.GetFullPath(given.Length > 0 ? given : throw CommandException.Usage("--resume is empty; give a run folder"));
        string command = parsed.CommandResult.Command.Name;
        IReadOnlyList<string[]> saved = Read(folder, command);
        if (parsed.GetValue(common.Out) is { } chosen && Path.GetFullPath(chosen) != folder) throw CommandException.Usage($"--out {chosen}: a resumed run stays in its folder {folder}; leave --out out");

        IReadOnlyList<string[]> now = GivenOptions.Of(parsed, passing: true);
        IEnumerable<string[]> merged = saved.Where(s => now.All(n => n[0] != s[0])).Concat(now);
        ExperimentRequest before = build(Parse(parsed, command, saved)), after = build(Parse(parsed, command, merged));
        if (ConfigurationDifference.Of(before.Resolved(), after.Resolved(), "in the interrupted run") is { } difference) throw CommandException.Usage($"--resume {folder}: {difference}; leave the option out, or begin a new run");
        return after with { Resume = folder, Given = saved };
    }

    /// <summary>Writes down what a command was told, before it trains.</summary>
    public static void Write(string folder, string command, IReadOnlyList<string[]> given)
    {
        var json = new JsonObject { ["format"] = 1, ["command"] = command, ["options"] = JsonSerializer.SerializeToNode(given) };
        AtomicFile.WriteText(Path.Combine(folder, FileName), json.ToJsonString(Json.Documents) + "\n");
    }

    private static ParseResult Parse(ParseResult parsed, string command, IEnumerable<string[]> given)
    {
        ParseResult again = ((RootCommand)parsed.RootCommandResult.Command).Parse(GivenOptions.Arguments(command, given));
        return again.Errors.Count == 0 ? again : throw new CheckpointException($"{FileName}: {again.Errors[0].Message}");
    }

    private static string[][] Read(string folder, string command)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new CommandException(ExitCode.InvalidData, $"--resume {folder}: there is no {FileName}; give the folder of an interrupted run");
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
            string was = (string)json["command"]!;
            if (was != command) throw CommandException.Usage($"--resume {folder}: that is a run of '{was}', not of '{command}'; use '{was} --resume {folder}'");
            return json["options"].Deserialize<string[][]>()!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CheckpointException($"{path} is damaged; begin a new run", e);
        }
    }
}
