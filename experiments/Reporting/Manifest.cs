using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Reporting;

/// <summary><c>manifest.json</c>: what ran, on what, with which data and settings; enough to run it again.</summary>
internal static class Manifest
{
    public const string FileName = "manifest.json";

    /// <summary>The version with the commit that it was built from.</summary>
    public static string CodeVersion => typeof(Manifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The lines that every manifest begins with: what program ran, when, and on what.</summary>
    public static JsonObject Machine(string command) => new()
    {
        ["format"] = 1,
        ["command"] = command,
        ["created"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["codeVersion"] = CodeVersion,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        ["processors"] = Environment.ProcessorCount,
        ["instructions"] = CpuBackend.Instructions,
    };

    /// <summary>The manifest of a plan.</summary>
    /// <param name="command">The command.</param>
    /// <param name="options">Its options, without paths.</param>
    /// <param name="plan">The plan, or a shard's part of it.</param>
    /// <param name="records">Its runs that have ended.</param>
    /// <param name="jobs">Runs at once.</param>
    /// <param name="shard">The shard, or null.</param>
    public static JsonObject Of(string command, IReadOnlyList<string[]> options, Plan plan, IReadOnlyList<RunRecord> records, int jobs, Shard? shard = null)
    {
        JsonObject manifest = Machine(command);
        manifest["options"] = JsonSerializer.SerializeToNode(options);
        manifest["backend"] = records.Count > 0 ? records[0].Backend : null;
        manifest["jobs"] = jobs;
        if (plan.Arms[0].Workload.Ranks is { } ranks) manifest["ranks"] = ranks.Size;
        manifest["shard"] = shard?.ToString();
        // The first arm's stand at the top: mostly it is the only one.
        manifest["corpus"] = Corpus(plan.Arms[0].Workload);
        manifest["settings"] = Settings(plan.Arms[0].Workload);
        if (plan.Arms.Count > 1) manifest["arms"] = new JsonArray([.. plan.Arms.Select(a => new JsonObject { ["name"] = a.Arm.Name, ["corpus"] = Corpus(a.Workload), ["settings"] = Settings(a.Workload) })]);
        manifest["runs"] = new JsonArray([.. plan.Runs.Select(run => Run(run, records.FirstOrDefault(r => r.Run == run)))]);
        return manifest;
    }

    private static JsonObject Corpus(Workload workload) => new()
    {
        ["name"] = workload.Data.Corpus.Name,
        ["sha256"] = workload.Data.Corpus.Sha256,
        ["trainBytes"] = workload.Data.Corpus.TrainBytes,
        ["validationBytes"] = workload.Data.Corpus.ValidationBytes,
        ["tokenizer"] = workload.Data.Tokenizer.Name,
    };

    // Without the paths of whoever ran it.
    private static JsonNode? Settings(Workload workload) => JsonSerializer.SerializeToNode(
        workload.Settings with { CorpusPath = null, Tokenizer = workload.Data.Tokenizer.Name, From = Path.GetFileName(workload.Settings.From?.TrimEnd('/')) },
        Json.Documents);

    /// <summary>A run of the plan, and what came out where it has ended.</summary>
    public static JsonObject Run(PlannedRun run, RunRecord? record) => new JsonObject
    {
        ["arm"] = run.Arm.Name.Length > 0 ? run.Arm.Name : null,
        ["variant"] = run.Variant.Name,
        ["optimizer"] = run.Optimizer.ToJson(),
        ["learningRate"] = run.LearningRate,
        ["setting"] = run.Setting.Length > 0 ? run.Setting : null,
        ["seed"] = run.Seed,
        ["folder"] = run.Folder.Replace('\\', '/'),
        ["stages"] = record is null ? null : new JsonArray([.. record.Stages.Select(s => JsonValue.Create(s))]),
        ["routing"] = record is null ? null : new JsonArray([.. record.Routing.Select(s => JsonValue.Create(s))]),
        ["outcome"] = record?.Result.Outcome.ToString().ToLowerInvariant(),
        ["reason"] = record?.Result.Reason,
        ["steps"] = record?.Result.Steps,
        ["skippedSteps"] = record?.Result.SkippedSteps,
        ["resumedFrom"] = record is null ? null : new JsonArray([.. record.ResumedFrom.Select(step => JsonValue.Create($"{run.Folder.Replace('\\', '/')}/checkpoints/step-{step:D8}"))]),
        ["matricesOrthogonalized"] = record?.MatricesOrthogonalized,
        ["initialWeights"] = record?.InitialSha256,
        ["batches"] = record?.Result.BatchFingerprint,
        ["measures"] = record is { Measures.Count: > 0 } ? JsonSerializer.SerializeToNode(record.Measures, Json.Documents) : null,
        ["finalValidationLoss"] = record is { } r && double.IsFinite(r.FinalValidationLoss) ? r.FinalValidationLoss : null,
    };
}
