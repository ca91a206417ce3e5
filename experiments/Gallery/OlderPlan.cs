using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Gallery;

/// <summary>Whether a published experiment was another one than the catalog has by now: other optimizers, or another length.</summary>
internal static class OlderPlan
{
    // Whoever gave one of these chose the length.
    private static readonly string[] Choosing = ["--steps", "--profile", "--quick", "--arm"];

    /// <summary>Whether it was.</summary>
    /// <param name="manifest">The entry's manifest.</param>
    public static bool Is(JsonObject manifest)
    {
        if (ExperimentCatalog.Find((string?)manifest["command"] ?? "") is not { } experiment || manifest["runs"] is not JsonArray runs) return false;
        if (!runs.Select(run => (string?)run!["variant"]).Distinct().Order(StringComparer.Ordinal).SequenceEqual(experiment.Variants.Select(v => v.Name).Order(StringComparer.Ordinal))) return true;
        if (manifest["options"] is not JsonArray options || options.Any(option => Choosing.Contains((string?)option![0]))) return false;
        ArmSettings settings = ArmSettings.Of(experiment, experiment.Arms[0]);
        int steps = settings.Steps ?? Profiles.Get(settings.Profile).Steps;
        return Convert.ToInt32(manifest["settings"]?["steps"]?.ToString(), CultureInfo.InvariantCulture) != steps;
    }
}
