using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Fuzz;

/// <summary>Files of models, tokenizers, tokens and recorded cases.</summary>
internal static class FileKinds
{
    private static readonly string[] ConfigNear =
    [
        "\"gpt2\"", "\"qwen2\"", "\"llama\"", "\"gelu\"", "\"gelu_new\"", "\"relu\"", "\"silu\"", "1e4", "1e6", "32", "33", "64", "97", "1000000", "{\"rope_type\":\"default\"}", "{\"rope_type\":\"yarn\",\"factor\":4}", "{\"rope_theta\":5,\"rope_type\":\"default\"}",
        "{\"type\":\"linear\",\"factor\":1}", "{\"rope_theta\":null}", "[\"full_attention\",\"full_attention\"]", "[\"sliding_attention\"]",
    ];

    public static IReadOnlyList<FuzzKind> All { get; } =
    [
        Model("gpt2-config", "gpt2-tiny", FuzzKind.File("config.json", (file, draws) => Damage.Json(file, draws, ConfigNear))),
        Model("qwen2-config", "qwen2-tiny", FuzzKind.File("config.json", (file, draws) => Damage.Json(file, draws, ConfigNear))),
        Model("weights", "gpt2-tiny", FuzzKind.File("model.safetensors", (file, draws) => draws.OneIn(2) ? Damage.Bytes(file, draws) : Header(file, draws))),
        Model("weights-index", "qwen2-tiny", FuzzKind.File("model.safetensors.index.json", (file, draws) => Damage.Json(file, draws, ["\"part.safetensors\"", "\"config.json\""]))) with { Prepare = Parts },
        Model("token-rows", "gpt2-tiny", FuzzKind.File("expected.json", (file, draws) => Damage.Json(file, draws, ["96", "97", "[1,2,3]", "[[1,2],[3,4]]"]))),
        Tokenizer("vocabulary", FuzzKind.File("tokenizer/vocab.json", (file, draws) => Damage.Json(file, draws, ["255", "256", "299", "300"]))),
        Tokenizer("merges", FuzzKind.File("tokenizer/merges.txt", Damage.Lines)),
        Tokenizer("tokenizer-description", FuzzKind.File("tokenizer/minigrad-tokenizer.json", (file, draws) => Damage.Json(file, draws, ["\"byte\"", "\"char\"", "\"bpe\"", "256", "300"]))),
        new FuzzKind(
            "tokenizer-json",
            (folder, _) =>
            {
                File.WriteAllText(Path.Combine(folder, "text.txt"), Text);
                File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizers", "qwen2.json"), Path.Combine(folder, "tokenizer.json"));
            },
            FuzzKind.File("tokenizer.json", (file, draws) => Damage.Json(file, draws, ["\"BPE\"", "\"NFC\"", "\"Split\"", "\"ByteLevel\"", "1256", "1257", "[\"a\",\"b\"]", "\"a b\"", "true", "null"])),
            folder => ["tokenize", "--corpus", Path.Combine(folder, "text.txt"), "--tokenizer", $"hf:{folder}", "--out", Path.Combine(Path.GetDirectoryName(folder)!, "work", "out")],
            0, 3),
        new FuzzKind(
            "json-lines",
            (folder, _) => JsonLines(Path.Combine(folder, "text.jsonl")),
            FuzzKind.File("text.jsonl", (file, draws) => draws.OneIn(2) ? Damage.Bytes(file, draws) : Damage.Lines(file, draws)),
            folder => ["tokenize", "--corpus", Path.Combine(folder, "text.jsonl"), "--tokenizer", "byte", "--out", Path.Combine(Path.GetDirectoryName(folder)!, "work", "out")],
            0, 3),
        Tokenizer("corpus", FuzzKind.File("text.txt", Damage.Bytes)),
        new FuzzKind("replay-case", (folder, _) => File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "optimizers", "muon-torch.json"), Path.Combine(folder, "case.json")), FuzzKind.File("case.json", (file, draws) => Damage.Json(file, draws, ["\"muon\"", "\"adamuon\"", "\"jordan\"", "0.02", "5", "99", "[1,2]"])), folder => ["replay", Path.Combine(folder, "case.json")], 0, 1, 3),
    ];

    public static string Text { get; } = string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"The {(i % 3 == 0 ? "reader" : "stream")} returns value number {i * 7 % 50} of the sequence.\n")));

    /// <summary>Evaluates a recorded model on its recorded tokens.</summary>
    private static FuzzKind Model(string name, string golden, Func<string, Draws, string> spoil) => new(
        name,
        (folder, _) =>
        {
            foreach (string file in (string[])["config.json", "model.safetensors", "expected.json"]) File.Copy(Path.Combine(HuggingFaceTests.FolderOf(golden), file), Path.Combine(folder, file));
        },
        spoil,
        folder => ["evaluate", "--checkpoint", folder, "--tokens", Path.Combine(folder, "expected.json"), "--threads", "1"],
        0, 3, 4);

    private static void JsonLines(string path) => File.WriteAllLines(path, Text.Split('\n').Select(line => new JsonObject { ["text"] = line, ["id"] = 1 }.ToJsonString()));

    private static void Parts(string folder, Action<string[]> run)
    {
        foreach (string file in (string[])["config.json", "expected.json"]) File.Copy(Path.Combine(HuggingFaceTests.FolderOf("qwen2-tiny"), file), Path.Combine(folder, file));
        byte[] weights = File.ReadAllBytes(Path.Combine(HuggingFaceTests.FolderOf("qwen2-tiny"), "model.safetensors"));
        File.WriteAllBytes(Path.Combine(folder, "part.safetensors"), weights);
        JsonObject header = JsonNode.Parse(weights.AsSpan(8, (int)BinaryPrimitives.ReadInt64LittleEndian(weights)))!.AsObject();
        var map = new JsonObject(header.Where(pair => pair.Key != "__metadata__").Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, "part.safetensors")));
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map }.ToJsonString());
    }

    /// <summary>Encodes a text with a tokenizer that was learnt before.</summary>
    private static FuzzKind Tokenizer(string name, Func<string, Draws, string> spoil) => new(
        name,
        Learnt,
        spoil,
        folder => ["tokenize", "--corpus", Path.Combine(folder, "text.txt"), "--tokenizer", $"gpt2:{Path.Combine(folder, "tokenizer")}", "--out", Path.Combine(Path.GetDirectoryName(folder)!, "work", "out")],
        0, 3);

    private static void Learnt(string folder, Action<string[]> run)
    {
        File.WriteAllText(Path.Combine(folder, "text.txt"), Text);
        run(["tokenize", "--corpus", Path.Combine(folder, "text.txt"), "--tokenizer", "bpe:300", "--out", Path.Combine(folder, "tokenizer")]);
    }

    // The header as JSON, with its length made right again.
    private static byte[] Header(byte[] file, Draws draws)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        byte[] header = Damage.Json(file[8..(8 + length)], draws, ["\"F32\"", "\"F16\"", "\"I64\"", "[32]", "[97,32]", "[0,12416]", "[0,0]"]);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. file[(8 + length)..]];
    }
}
