using System.Text.Json.Nodes;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Board;

/// <summary>One run folder on the board: the runs of a plan, and what its report says.</summary>
/// <param name="Id">The number that the page calls it by.</param>
/// <param name="Folder">Where it lies.</param>
internal sealed record BoardExperiment(int Id, string Folder)
{
    private const long LargestFile = 1 << 26;

    /// <summary>What the page shows of it: name, command, time, verdict and finding.</summary>
    public JsonObject ToJson()
    {
        JsonObject? manifest = ReadJson(Path.Combine(Folder, "manifest.json")), result = ReadJson(Path.Combine(Folder, "result.json"));
        return new JsonObject
        {
            ["id"] = Id,
            ["name"] = Path.GetFileName(Folder),
            ["command"] = manifest?["command"]?.DeepClone(),
            ["created"] = manifest?["created"]?.DeepClone(),
            ["finding"] = result?["finding"]?.DeepClone(),
            ["verdict"] = result?["verdict"]?.DeepClone(),
        };
    }

    /// <summary>A file of the folder as JSON, or null where there is none, or no whole one yet.</summary>
    public static JsonObject? ReadJson(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.LinkTarget is null ? JsonInput.ReadObject(path, LargestFile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }
}
