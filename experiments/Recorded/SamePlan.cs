using System.Text.Json.Nodes;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Recorded;

/// <summary>Whether run folders are parts of one plan: told the same, whatever machine, shard, threads and paths each had.</summary>
internal static class SamePlan
{
    /// <summary>Holds every folder against the first.</summary>
    /// <exception cref="CommandException">One is of another plan.</exception>
    public static void Require(IReadOnlyList<RunSource> sources)
    {
        RunSource first = sources[0];
        foreach (RunSource other in sources.Skip(1))
        {
            if (other.Command.Command != first.Command.Command)
                throw CommandException.Usage($"report: {first.Folder} is a run of '{first.Command.Command}' and {other.Folder} one of '{other.Command.Command}'; give the shards of one plan");
            if (ConfigurationDifference.Of(Plan(first.Request), Plan(other.Request), $"in {first.Folder}") is { } difference)
                throw CommandException.Usage($"report: {other.Folder} is of another plan: {difference}; give the shards of one plan");
            if (Kind(other) != Kind(first))
                throw CommandException.Usage($"report: {first.Folder} ran on {first.Device} and {other.Folder} on {other.Device}, which do not round alike: their runs are not paired; train all shards with one --device");
        }
    }

    private static string Kind(RunSource source) => source.Device == Devices.Cpu ? "cpu" : "gpu";

    private static JsonObject Plan(ExperimentRequest request)
    {
        JsonObject plan = request.Resolved();
        plan.Remove("jobs");
        plan.Remove("shard");
        foreach (JsonObject settings in plan["otherSettings"]!.AsObject().Select(pair => pair.Value).Append(plan["settings"]).OfType<JsonObject>())
        {
            foreach (string key in (string[])["threads", "device", "checkpoints", "corpusPath"]) settings.Remove(key);
            settings["from"] = Path.GetFileName((string?)settings["from"]);
            settings["tokenizer"] = Path.GetFileName((string?)settings["tokenizer"]);
        }
        return plan;
    }
}
