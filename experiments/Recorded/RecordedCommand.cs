using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Recorded;

/// <summary>A training command as a run folder's <c>resume.json</c> or a manifest has it.</summary>
/// <param name="Command">The command's name.</param>
/// <param name="Options">Its options as <see cref="GivenOptions"/> has them.</param>
internal sealed record RecordedCommand(string Command, IReadOnlyList<string[]> Options)
{
    private const string FileName = "resume.json";

    /// <summary>Whether a run folder says what it was told.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>The command of a run folder.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="asker">What asks, for the error message.</param>
    /// <exception cref="CommandException">The folder has no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static RecordedCommand OfRun(string folder, string asker)
    {
        string path = Path.Combine(folder, FileName);
        if (!Directory.Exists(folder)) throw new CommandException(ExitCode.InvalidData, $"{asker} {folder}: there is no such folder; give a run folder, such as a training command prints at its end");
        // What a run folder leads to outside of itself is none of its content.
        Entries.RequirePlain(folder);
        if (!File.Exists(path)) throw new CommandException(ExitCode.InvalidData, $"{asker} {folder}: there is no {FileName}; {(HeldFolder.IsUnused(folder) ? $"a run was stopped there before it began, start it again with --out {folder}" : "give the run folder of a training command")}");
        RecordedCommand command;
        try
        {
            command = Of(JsonInput.ReadObject(path));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"{path} is damaged; begin a new run", e);
        }
        // Whole, and still not what was trained here: the run would begin anew under other options, over what it left.
        if (InManifest(folder) is { } trained && command.DifferenceTo(trained) is { } difference)
            throw new CheckpointException($"{path} is of another run than {Manifest.FileName} beside it: {difference}; restore it, or begin a new run");
        return command;
    }

    /// <summary>The command that a JSON document has in <c>command</c> and <c>options</c>.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    /// <exception cref="JsonException">It has something else there.</exception>
    public static RecordedCommand Of(JsonNode? json) => json is JsonObject document && (string?)document["command"] is { } command && document["options"].Deserialize<string[][]>() is { } options && options.All(o => o is { Length: > 0 } && o.All(word => word is not null))
        ? new RecordedCommand(command, options)
        : throw new InvalidOperationException("there is no command with its options");

    /// <summary>Writes the command into a run folder, so that the run can be resumed and reported. The file is never published: it may hold a path.</summary>
    public void Write(string folder)
    {
        var json = new JsonObject { ["format"] = 1, ["command"] = Command, ["options"] = JsonSerializer.SerializeToNode(Options) };
        AtomicFile.WriteText(Path.Combine(folder, FileName), json.ToJsonString(Json.Documents) + "\n");
        ConfigurationFile.Write(folder, Command, Options);
    }

    // What the manifest beside it says was trained, with names for paths; null before there is one, or where it can't be read.
    private static RecordedCommand? InManifest(string folder)
    {
        try
        {
            return Of(JsonInput.ReadObject(Path.Combine(folder, Manifest.FileName)));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string? DifferenceTo(RecordedCommand manifest)
    {
        if (Command != manifest.Command) return $"'{Shown.Quote(Command)}' here and '{Shown.Quote(manifest.Command)}' there";
        string[] here = [.. RecordedPaths.Names(Options).Select(Text)], there = [.. manifest.Options.Select(Text)];
        if (here.SequenceEqual(there)) return null;
        if (here.Except(there).FirstOrDefault() is { } more) return $"'{Shown.Quote(more)}' only here";
        return there.Except(here).FirstOrDefault() is { } less ? $"'{Shown.Quote(less)}' only there" : "the same options, in another order or number";

        static string Text(string[] option) => string.Join(' ', option).TrimStart();
    }

    public RecordedCommand Without(params string[] options) => this with { Options = [.. Options.Where(o => !options.Contains(o[0]))] };

    public RecordedCommand With(string option, string value) => this with { Options = [.. Without(option).Options, [option, value]] };

    /// <summary>The parsed command line.</summary>
    /// <exception cref="CheckpointException">This version has no such command or option.</exception>
    public ParseResult Parse(RootCommand root)
    {
        ParseResult parsed = CommandLine.Parse(root, GivenOptions.Arguments(Command, Options));
        if (UsageErrors.Controlling(parsed) is { } word) throw new CheckpointException($"the recorded command '{Command}' has '{Shown.Quote(word)}', which holds a control character");
        return parsed.Errors.Count == 0 ? parsed : throw new CheckpointException($"the recorded command '{Command}' is not one of this version: {parsed.Errors[0].Message.ReplaceLineEndings(" ")}; use the version that wrote it");
    }

    /// <summary>What the command asks for.</summary>
    /// <exception cref="CheckpointException">It is none that trains.</exception>
    public ExperimentRequest Request(RootCommand root)
    {
        ParseResult parsed = Parse(root);
        return parsed.CommandResult.Command is TrainingCommand command
            ? command.Build(parsed) with { Given = Options }
            : throw new CheckpointException($"'{Command}' is no training command; expected one such as ablate-sign, compare or train");
    }
}
