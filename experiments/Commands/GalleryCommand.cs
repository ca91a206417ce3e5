using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>gallery add RUN</c>: publishes a finished run under <c>plots/gallery/NAME</c>: figure, data, manifest and note.</summary>
internal static class GalleryCommand
{
    private static readonly (string From, string To)[] Files =
    [
        ("figure.png", "figure.png"),
        ("manifest.json", "manifest.json"),
        ("result.json", "result.json"),
        ("report.md", "README.md"),
    ];

    /// <summary>The data behind the figure: an experiment's curves, or the table of <c>cost</c>.</summary>
    private static readonly string[] Data = ["curves.csv", "cost.csv"];

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run folder of a finished experiment" };
        var add = new Command("add", "Publish a run's figure with its data, manifest and note under plots/gallery") { run };
        add.SetAction(int (ParseResult parsed) => Add(parsed.GetValue(run)!));
        return new Command("gallery", "The published figures") { add };
    }

    private static int Add(string folder)
    {
        if (!Directory.Exists(folder)) throw new CommandException(ExitCode.InvalidData, $"gallery: there is no run folder '{folder}'; run an experiment first, its folder is printed at the end");
        if (Files.FirstOrDefault(f => !File.Exists(Path.Combine(folder, f.From))) is { From: { } missing }) throw new CommandException(ExitCode.InvalidData, $"gallery: '{folder}' has no {missing}; give the folder of a finished experiment");
        string data = Data.FirstOrDefault(file => File.Exists(Path.Combine(folder, file))) ?? throw new CommandException(ExitCode.InvalidData, $"gallery: '{folder}' has no {Data[0]}; give the folder of a finished experiment");
        IEnumerable<(string From, string To)> more = Directory.EnumerateFiles(folder, "figure-*.png").Select(file => Path.GetFileName(file)).Append(data).Select(file => (file, file));
        string target = Path.Combine(RunFolder.Plots(), "gallery", NameOf(folder));
        Directory.CreateDirectory(target);
        foreach ((string from, string to) in Files.Concat(more)) AtomicFile.WriteBytes(Path.Combine(target, to), File.ReadAllBytes(Path.Combine(folder, from)));
        Console.Out.WriteLine(target);
        return ExitCode.Done;
    }

    // The name becomes a folder: it must be one plain name, whatever the file says.
    private static string NameOf(string folder)
    {
        try
        {
            string? name = (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))?["experiment"];
            if (name is { Length: > 0 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return name;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        throw new CommandException(ExitCode.InvalidData, $"gallery: '{folder}/result.json' names no experiment; the run is damaged");
    }
}
