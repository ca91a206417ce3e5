using System.Globalization;
using System.Text;
using System.Text.Json;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Toys;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Gallery;

/// <summary><c>plots/README.md</c>, which a visitor reads first: every published figure with what it shows and how it was made.</summary>
internal static class GalleryIndex
{
    private const string Intro = """
        # What the experiments show

        Every figure is of real runs; report, data and manifest lie beside it. `reproduce plots/gallery/NAME/manifest.json` trains the runs of a figure again, where any were trained, and compares every number ([docs/cli.md](../docs/cli.md)). What each experiment asks, and where the paper has it: `explain NAME`. Each statement holds for the size that it was measured at.

        This page is written by `gallery index`.

        """;

    /// <summary>Writes the index of a folder <c>plots</c> and returns its path.</summary>
    public static string Write(string plots)
    {
        string path = Path.Combine(plots, "README.md");
        Directory.CreateDirectory(plots);
        AtomicFile.WriteText(path, Text(Path.Combine(plots, "gallery")));
        return path;
    }

    /// <summary>The index of a gallery.</summary>
    public static string Text(string gallery)
    {
        (string Experiment, string Name, string Section)[] sections = Directory.Exists(gallery) ? [.. Directory.EnumerateDirectories(gallery).Select(Readable).OfType<(string, string, string)>()] : [];
        var text = new StringBuilder(Intro.ReplaceLineEndings("\n"));
        foreach ((_, _, string section) in sections.OrderBy(s => PlaceOf(s.Experiment)).ThenBy(s => s.Experiment, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal)) text.Append(section);
        return text.ToString();
    }

    /// <summary>The section of an entry, or null of a folder that is none.</summary>
    /// <exception cref="CommandException">Its files do not hold what a published run's do.</exception>
    public static (string Experiment, string Name, string Section)? Section(string folder)
    {
        try
        {
            if (GalleryEntry.Of(folder) is not { } entry) return null;
            var text = new StringBuilder();
            Append(text, entry);
            return (entry.Experiment, entry.Name, text.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException or KeyNotFoundException or IndexOutOfRangeException or OverflowException)
        {
            throw new CommandException(ExitCode.InvalidData, $"gallery: '{folder}' is no published run: manifest.json or result.json has a value of another kind than this program writes");
        }
    }

    // One damaged entry does not keep the others from being listed.
    private static (string, string, string)? Readable(string folder)
    {
        try
        {
            return Section(folder);
        }
        catch (CommandException e)
        {
            Console.Error.WriteLine($"warning: {e.Message}; it is left out");
            return null;
        }
    }

    private static void Append(StringBuilder text, GalleryEntry entry)
    {
        string folder = $"gallery/{entry.Name}", page = $"{folder}/README.md", finding = entry.Finding.TrimEnd();
        if (finding[^1] is not ('.' or '!' or '?')) finding += ".";
        text.Append(CultureInfo.InvariantCulture, $"\n## {entry.Name}\n\n{finding}\n\n[<img src=\"{folder}/figure.png\" width=\"640\" alt=\"{entry.Name}\">]({page})\n\n");
        string[] more = [.. entry.MoreFigures];
        if (more.Length > 0) text.Append("More figures: ").AppendJoin(", ", more.Select(file => $"[{Path.GetFileNameWithoutExtension(file)["figure-".Length..]}]({folder}/{file})")).Append(".\n\n");
        text.Append(CultureInfo.InvariantCulture, $"    {entry.CommandLine}\n\n");
        if (entry.IsOfOlderPlan) text.Append("*This is of an older plan, mostly without Nesterov for AdaMuon and shorter; the command plans other runs by now, and the entry is to be trained anew.*\n\n");
        if (entry.Size is { } size) text.Append(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(size[0])}{size[1..]}. ");
        text.AppendJoin(" · ", entry.Links.Select(link => $"[{link.Word}]({folder}/{link.File})")).Append('\n');
    }

    // The catalog's order, then what is not in it.
    private static int PlaceOf(string experiment)
    {
        string[] known = [.. ExperimentCatalog.All.Select(e => e.Name), .. ToyCatalog.All.Select(t => t.Name), CostSweeps.Name];
        int place = Array.IndexOf(known, experiment);
        return place >= 0 ? place : known.Length;
    }
}
