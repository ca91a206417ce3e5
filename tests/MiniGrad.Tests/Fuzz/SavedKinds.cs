using System.Security.Cryptography;
using System.Text;
using MiniGrad.IO;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Fuzz;

/// <summary>Files that the program itself writes, and somebody else may have changed: checkpoints, token files, manifests, the gallery.</summary>
internal static class SavedKinds
{
    private static readonly string[] Small = ["--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress", "--threads", "1", "--steps", "2"];

    private static readonly string[] ModelNear = ["\"gpt\"", "\"qwen2\"", "\"deepseekMoe\"", "\"rope\"", "\"learned\"", "\"layer\"", "\"rms\"", "16", "2", "17", "4096", "4097"];

    private static readonly string[] ManifestNear = ["\"train\"", "\"ablate-sign\"", "\"--steps\"", "\"2\"", "\"2147483647\"", "\"--set\"", "\"model.nLayer=1\"", "\"model.nEmbd=99999999\"", "\"--profile\"", "\"gpt2-small\"", "[\"--steps\",\"3\"]", "[\"--out\",\"x\"]", "\"cpu\"", "\"gpu:9\"", "\"1/2\""];

    public static IReadOnlyList<FuzzKind> All { get; } =
    [
        Checkpoint("checkpoint-digests", (folder, draws) => draws.OneIn(2) ? Spoil(folder, "digests.sha256", Damage.Lines, draws) : SignedAgain(folder, draws)),
        Checkpoint("checkpoint-config", FuzzKind.File("checkpoint/config.json", (file, draws) => Damage.Json(file, draws, ModelNear), Sign)),
        Checkpoint("checkpoint-tokenizer", FuzzKind.File("checkpoint/minigrad-tokenizer.json", (file, draws) => Damage.Json(file, draws, ["\"byte\"", "\"char\"", "256"]), Sign)),
        Checkpoint("checkpoint-weights", FuzzKind.File("checkpoint/model.safetensors", Damage.Bytes)),
        Tokens("token-file", "train.bin", ours: true),
        Tokens("llm-c-token-file", "train.bin", ours: false),
        new FuzzKind("manifest", Trained, FuzzKind.File("manifest.json", (file, draws) => Damage.Json(file, draws, ManifestNear)), folder => ["reproduce", Path.Combine(folder, "manifest.json"), "--corpus", Path.Combine(folder, "text.txt"), "--no-progress", "--jobs", "1", "--out", Path.Combine(Path.GetDirectoryName(folder)!, "work", "again")], 0, 1, 2, 3, 4, 5),
        new FuzzKind("curves", Trained, FuzzKind.File("curves.csv", Damage.Lines), folder => ["reproduce", Path.Combine(folder, "manifest.json"), "--corpus", Path.Combine(folder, "text.txt"), "--no-progress", "--jobs", "1", "--out", Path.Combine(Path.GetDirectoryName(folder)!, "work", "again")], 0, 1, 3),
        new FuzzKind("gallery-add", Published, (folder, draws) => Spoil(folder, draws.OneIn(2) ? "result.json" : "manifest.json", (file, d) => Damage.Json(file, d, ["\"ablate-sign\"", "\"../x\"", "0.5"]), draws), folder => ["gallery", "add", folder], 0, 3),
        new FuzzKind("gallery-index", Published, InGallery, _ => ["gallery", "index"], 0),
    ];

    private static FuzzKind Checkpoint(string name, Func<string, Draws, string> spoil) => new(
        name,
        OneCheckpoint,
        spoil,
        folder => ["evaluate", "--checkpoint", Path.Combine(folder, "checkpoint"), "--corpus", Path.Combine(folder, "text.txt"), "--threads", "1"],
        0, 3, 4);

    private static void OneCheckpoint(string folder, Action<string[]> run)
    {
        string trained = Path.Combine(folder, "run");
        Run(folder, run);
        Directory.Move(Directory.GetDirectories(trained, "step-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last(), Path.Combine(folder, "checkpoint"));
        Directory.Delete(trained, recursive: true);
    }

    private static FuzzKind Tokens(string name, string file, bool ours) => new(
        name,
        (folder, run) =>
        {
            foreach (string part in (string[])["config.json", "model.safetensors"]) File.Copy(Path.Combine(HuggingFaceTests.FolderOf("gpt2-tiny"), part), Path.Combine(folder, part));
            int[] tokens = [.. Enumerable.Range(0, 2_000).Select(i => i * 31 % 95)];
            if (ours)
            {
                MiniGrad.Data.TokenFile.Write(Path.Combine(folder, file), tokens, 95);
            }
            else
            {
                var bytes = new byte[1024 + (4 * tokens.Length)];
                ((int[])[20240801, 7, tokens.Length, .. Enumerable.Repeat(0, 253), .. tokens]).AsSpan().CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes.AsSpan()));
                File.WriteAllBytes(Path.Combine(folder, file), bytes);
            }
            foreach ((string description, byte[] content) in MiniGrad.Data.TokenizerFiles.Of(new MiniGrad.Data.CharTokenizer([.. Enumerable.Range(32, 95).Select(c => (byte)c)]))) File.WriteAllBytes(Path.Combine(folder, description), content);
        },
        FuzzKind.File(file, Damage.Bytes),
        folder => ["evaluate", "--checkpoint", folder, "--corpus", Path.Combine(folder, file), "--threads", "1"],
        0, 3);

    /// <summary>A text and a run that was trained on it.</summary>
    public static void Run(string folder, Action<string[]> run) => Run(folder, run, []);

    /// <summary>The same with further options.</summary>
    public static void Run(string folder, Action<string[]> run, params string[] more) => run(["train", "--corpus", Text(folder), .. Small, .. more, "--out", Path.Combine(folder, "run")]);

    private static void Trained(string folder, Action<string[]> run)
    {
        string trained = Path.Combine(folder, "run");
        Run(folder, run);
        foreach (string file in (string[])["manifest.json", "curves.csv"]) File.Move(Path.Combine(trained, file), Path.Combine(folder, file));
        Directory.Delete(trained, recursive: true);
    }

    /// <summary>What <c>gallery add</c> publishes, in the folder itself.</summary>
    public static void Published(string folder, Action<string[]> run)
    {
        string trained = Path.Combine(folder, "run");
        Run(folder, run);
        foreach (string file in (string[])["manifest.json", "curves.csv", "result.json", "report.md", "figure.png", "resume.json"]) File.Move(Path.Combine(trained, file), Path.Combine(folder, file));
        File.Copy(Path.Combine(folder, "report.md"), Path.Combine(folder, "README.md"));
        Directory.Delete(trained, recursive: true);
    }

    // The entry lies where the program looks for the gallery: below the current folder.
    private static string InGallery(string folder, Draws draws)
    {
        string said = Spoil(folder, draws.OneIn(2) ? "result.json" : "manifest.json", (file, d) => Damage.Json(file, d, ["\"ablate-sign\"", "0.5", "[]"]), draws);
        string entry = Path.Combine(Path.GetDirectoryName(folder)!, "work", "plots", "gallery", "entry");
        Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
        Directory.Move(folder, entry);
        return said;
    }

    private static string Text(string folder)
    {
        string text = Path.Combine(folder, "text.txt");
        File.WriteAllText(text, FileKinds.Text);
        return text;
    }

    private static string Spoil(string folder, string name, Func<byte[], Draws, byte[]> damage, Draws draws) => FuzzKind.File(Directory.Exists(Path.Combine(folder, "checkpoint")) ? Path.Combine("checkpoint", name) : name, damage)(folder, draws);

    // A line that is wrong under a digest that is right.
    private static string SignedAgain(string folder, Draws draws)
    {
        string path = Path.Combine(folder, "checkpoint", "digests.sha256");
        byte[] file = File.ReadAllBytes(path);
        byte[] body = Damage.Lines(file[..^(64 + " self\n".Length)], draws);
        File.WriteAllBytes(path, [.. body, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body)) + " self\n")]);
        return "digests.sha256 damaged and signed again";
    }

    // New digests for what was changed.
    private static void Sign(string folder)
    {
        string checkpoint = Path.Combine(folder, "checkpoint"), path = Path.Combine(checkpoint, "digests.sha256");
        Dictionary<string, string> digests = DigestFile.Read(File.ReadAllBytes(path), checkpoint);
        foreach (string part in digests.Keys.Where(part => part.StartsWith("file ", StringComparison.Ordinal)).ToArray()) digests[part] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(checkpoint, part["file ".Length..]))));
        File.WriteAllBytes(path, DigestFile.Write(digests.Select(d => (d.Key, d.Value))));
    }
}
