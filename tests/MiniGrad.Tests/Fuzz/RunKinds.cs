namespace MiniGrad.Tests.Fuzz;

/// <summary>Whole run folders, any file of which is damaged or no file at all: reported, drawn, shown, resumed, evaluated; and configuration files. A case takes long where a report is written.</summary>
internal static class RunKinds
{
    private static readonly string[] CommandNear =
    [
        "\"train\"", "\"compare\"", "\"ablate-sign\"", "\"report\"", "\"bench\"", "\"--steps\"", "\"3\"", "\"2147483647\"", "\"--json\"", "\"--set\"", "\"model.nEmbd=99999999\"", "\"--profile\"", "\"gpt2-small\"", "[\"--steps\",\"3\"]", "[\"--out\",\"x\"]", "[\"--help\"]", "\"gpu:9\"", "\"1/2\"", "[\"--shard\",\"1/2\"]", "[\"\",\"muon\"]",
    ];

    private static readonly string[] ConfigurationNear =
    [
        "\"train\"", "\"compare\"", "\"list\"", "\"muon\"", "\"adamuon\"", "{\"preset\":\"muon\"}", "{\"momentum\":0.9}", "{\"nLayer\":1}", "{\"orthogonalizer\":{\"steps\":3}}", "\"5%\"", "\"wsd\"", "\"bpe:300\"", "\"tiny\"", "0.1", "99999999", "[1,2]", "[\"steps=2,steps=3\"]",
    ];

    public static IReadOnlyList<FuzzKind> All { get; } =
    [
        new FuzzKind("run-report", SavedKinds.Run, Any, folder => ["report", Path.Combine(folder, "run")], 0, 3, 4, 5) { Cases = 20 },
        new FuzzKind("run-plot", SavedKinds.Run, Any, folder => ["plot", Path.Combine(folder, "run"), "--x", "tokens"], 0, 2, 3, 5) { Cases = 20 },
        new FuzzKind("run-page", SavedKinds.Run, Any, folder => ["report", Path.Combine(folder, "run"), "--html"], 0, 5) { DoesWithout = true },
        new FuzzKind("run-resume", Interrupted, Any, folder => ["train", "--resume", Path.Combine(folder, "run"), "--no-progress"], 0, 2, 3, 4, 5) { Cases = 20 },
        new FuzzKind("resume-json", Interrupted, FuzzKind.File("run/resume.json", (file, draws) => Damage.Json(file, draws, CommandNear)), folder => ["train", "--resume", Path.Combine(folder, "run"), "--no-progress"], 0, 2, 3, 4, 5),
        new FuzzKind("run-model", Interrupted, Any, folder => ["evaluate", "--checkpoint", Path.Combine(folder, "run"), "--corpus", Path.Combine(folder, "text.txt"), "--threads", "1"], 0, 3, 4),
        new FuzzKind("published-plot", Published, Any, folder => ["plot", folder, "--corpus", Path.Combine(folder, "text.txt")], 0, 2, 3, 5) { Cases = 20 },
        new FuzzKind("configuration", Configured, FuzzKind.File("configuration.json", (file, draws) => Damage.Json(file, draws, ConfigurationNear)), folder => ["--config", Path.Combine(folder, "configuration.json"), "--dry-run"], 0, 2, 3, 5),
    ];

    private static void Interrupted(string folder, Action<string[]> run)
    {
        SavedKinds.Run(folder, run, "--checkpoint-every", "1", "--diagnostics", "norms", "--sample-every", "1");
        File.Delete(Directory.GetFiles(folder, "run.json", SearchOption.AllDirectories).Single());
        foreach (string of in Directory.GetDirectories(folder, "step-00000002", SearchOption.AllDirectories)) Directory.Delete(of, recursive: true);
    }

    private static void Published(string folder, Action<string[]> run)
    {
        SavedKinds.Published(folder, run);
        File.Delete(Path.Combine(folder, "resume.json"));
    }

    private static void Configured(string folder, Action<string[]> run)
    {
        SavedKinds.Run(folder, run);
        // Without its comment, which JSON has none of.
        File.WriteAllLines(Path.Combine(folder, "configuration.json"), File.ReadLines(Path.Combine(folder, "run", "configuration.json")).Skip(1));
        Directory.Delete(Path.Combine(folder, "run"), recursive: true);
    }

    // Any file of the run; the text that it was trained on is the user's.
    private static string Any(string folder, Draws draws)
    {
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Where(path => path != "text.txt").Order(StringComparer.Ordinal)];
        string file = draws.Of(files);
        return FuzzKind.File(file, (bytes, d) => Path.GetExtension(file) switch
        {
            ".json" when bytes.Length > 0 && bytes[0] == '{' => Damage.Json(bytes, d, file == "resume.json" ? CommandNear : null),
            ".jsonl" or ".csv" or ".md" or ".sha256" => Damage.Lines(bytes, d),
            _ => Damage.Bytes(bytes, d),
        })(folder, draws);
    }
}
