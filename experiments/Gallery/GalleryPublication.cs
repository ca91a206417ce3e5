using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Experiments.Reporting;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Gallery;

/// <summary>Puts a finished run into the gallery: figures, data, manifest, numbers and report, and no path of whoever ran it.</summary>
internal static class GalleryPublication
{
    private static readonly (string From, string To)[] Required = [("figure.png", "figure.png"), (Manifest.FileName, Manifest.FileName), ("result.json", "result.json"), ("report.md", "README.md")];

    /// <summary>The data behind the figure: an experiment's curves, or the table of <c>cost</c>.</summary>
    private static readonly string[] Data = [CurvesFile.Name, CostText.FileName];

    private static readonly string[] Figures = ["figure.svg", "figure-*.png", "figure-*.svg"];

    /// <summary>Publishes a run folder.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="gallery">The folder <c>plots/gallery</c>.</param>
    /// <param name="name">What the entry is called, or null for the experiment's name.</param>
    /// <returns>The entry's folder.</returns>
    /// <exception cref="CommandException">The folder is not of a finished experiment, or the name is none.</exception>
    public static string Add(string run, string gallery, string? name)
    {
        if (!Directory.Exists(run)) throw Invalid($"there is no run folder '{run}'; run an experiment first, its folder is printed at the end");
        Entries.RequirePlain(run); // only what the run left is published
        if (Required.FirstOrDefault(f => !File.Exists(Path.Combine(run, f.From))) is { From: { } missing }) throw Invalid($"'{run}' has no {missing}; give the folder of a finished experiment");
        string data = Data.FirstOrDefault(file => File.Exists(Path.Combine(run, file))) ?? throw Invalid($"'{run}' has no {Data[0]}; give the folder of a finished experiment");
        if (name is not null && !IsPlain(name)) throw CommandException.Usage($"--as '{name}': expected letters, digits and hyphens, such as ablate-sign-bible");
        string target = Path.Combine(gallery, name ?? NameOf(run));
        (string From, string To)[] files = [.. Required, .. Matching(run).Append(data).Select(file => (file, file))];
        // Everything is read and understood before anything is written.
        _ = GalleryIndex.Section(run);
        (string To, byte[] Content)[] contents = [.. files.Select(f => (f.To, f.From == Manifest.FileName ? WithOptions(run) : f.From == CurvesFile.Name ? Thinned(run) : InputFile.ReadAllBytes(Path.Combine(run, f.From))))];
        if (LayersFile.OfAll(run) is { } layers) contents = [.. contents, (LayersFile.FileName, layers)];
        Directory.CreateDirectory(target);
        Entries.RequirePlain(target);
        foreach ((string to, byte[] content) in contents) AtomicFile.WriteBytes(Path.Combine(target, to), content);
        // Figures and data of an earlier publication would go stale.
        foreach (string old in Matching(target).Concat(Data).Append(LayersFile.FileName).Where(file => contents.All(f => f.To != file))) File.Delete(Path.Combine(target, old));
        return target;
    }

    private static string[] Matching(string folder) => [.. Figures.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Select(Path.GetFileName).OfType<string>()];

    private static byte[] Thinned(string run)
    {
        string path = Path.Combine(run, CurvesFile.Name), text = System.Text.Encoding.UTF8.GetString(InputFile.ReadAllBytes(path));
        try
        {
            return System.Text.Encoding.UTF8.GetBytes(string.Concat(CurveThinning.Of(text.TrimEnd('\n').Split('\n')).Select(line => line + "\n")));
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            throw Invalid($"'{path}' is damaged; 'report {run}' writes it again");
        }
    }

    // A manifest that was written before manifests had options gets them from the run folder, so that it can be reproduced.
    private static byte[] WithOptions(string run)
    {
        string path = Path.Combine(run, Manifest.FileName);
        byte[] bytes = InputFile.ReadAllBytes(path);
        if (!RecordedCommand.IsIn(run)) return bytes;
        try
        {
            JsonObject manifest = JsonInput.ParseObject(bytes, path);
            if (manifest["options"] is not null) return bytes;
            manifest["options"] = JsonSerializer.SerializeToNode(RecordedPaths.Names(RecordedCommand.OfRun(run, "gallery").Options));
            return System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString(Json.Documents) + "\n");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid($"'{Path.Combine(run, Manifest.FileName)}' is damaged; restore it from where the run was trained");
        }
    }

    // The name becomes a folder: it must be one plain name, whatever the file says.
    private static string NameOf(string folder)
    {
        try
        {
            if ((string?)JsonInput.ReadObject(Path.Combine(folder, "result.json"))["experiment"] is { } name && IsPlain(name)) return name;
        }
        catch (InvalidOperationException)
        {
            // It is of another kind than a text.
        }
        throw Invalid($"'{folder}/result.json' names no experiment; the run is damaged");
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= 80 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static CommandException Invalid(string message) => new(ExitCode.InvalidData, $"gallery: {message}");
}
