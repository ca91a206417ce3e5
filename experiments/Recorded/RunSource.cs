using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Recorded;

/// <summary>A run folder with what it was told: the whole plan's, or a shard's.</summary>
internal sealed record RunSource
{
    public required string Folder { get; init; }

    public required RecordedCommand Command { get; init; }

    public required ExperimentRequest Request { get; init; }

    public required JsonObject Manifest { get; init; }

    /// <summary>The shard that ran there, or null for the whole plan.</summary>
    public Shard? Shard => (string?)Manifest["shard"] is { } shard ? Running.Shard.Of(shard) : null;

    /// <summary>Where its runs were trained: <c>cpu</c> or <c>gpu:N</c>.</summary>
    public string Device => (string?)Manifest["settings"]?["device"] ?? Devices.Cpu;

    /// <summary>The folders of the runs that belong here, finished or not.</summary>
    public IReadOnlyList<string> RunFolders => [.. Manifest["runs"]!.AsArray().Select(r => (string)r!["folder"]!)];

    /// <summary>Reads a folder.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="asker">The command that asks, for error messages.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="place">Puts this machine's paths into the recorded command.</param>
    /// <exception cref="CommandException">It is no run folder of a training command.</exception>
    public static RunSource Read(RootCommand root, string asker, string folder, Func<RecordedCommand, RecordedCommand> place)
    {
        RecordedCommand command = place(RecordedCommand.OfRun(folder, asker));
        return new RunSource
        {
            Folder = folder,
            Command = command,
            // Nothing is trained: whether this machine has the device does not matter.
            Request = command.Without("--shard").With("--device", Devices.Cpu).Request(root),
            Manifest = ReadManifest(Path.Combine(folder, Reporting.Manifest.FileName), asker),
        };
    }

    private static JsonObject ReadManifest(string path, string asker)
    {
        if (!File.Exists(path)) throw new CommandException(ExitCode.InvalidData, $"{asker}: there is no '{path}'; give the run folder of a training command");
        try
        {
            JsonObject manifest = JsonInput.ReadObject(path);
            if (manifest["runs"]?.AsArray().All(r => (string?)r?["folder"] is not null) == true) return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
        }
        throw new CommandException(ExitCode.InvalidData, $"{asker}: '{path}' is damaged; restore it from where the run was trained");
    }
}
