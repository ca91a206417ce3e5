using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Data;

/// <summary>
/// A tokenizer as files beside a checkpoint or token files: <c>minigrad-tokenizer.json</c> says which it is; a byte-pair
/// vocabulary lies beside it in GPT-2's own two files.
/// </summary>
public static class TokenizerFiles
{
    /// <summary>The file that says which tokenizer it is.</summary>
    public const string FileName = "minigrad-tokenizer.json";

    /// <summary>The files of a tokenizer: plain names and contents.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="ArgumentException">It is of a kind that has no files.</exception>
    public static IReadOnlyList<(string Name, byte[] Content)> Of(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var description = new JsonObject { ["format"] = 1, ["name"] = tokenizer.Name, ["vocabularySize"] = tokenizer.VocabularySize };
        var files = new List<(string, byte[])>();
        switch (tokenizer)
        {
            case ByteTokenizer:
                description["kind"] = "byte";
                break;
            case CharTokenizer:
                description["kind"] = "char";
                description["characters"] = Encoding.UTF8.GetString(tokenizer.Decode([.. Enumerable.Range(0, tokenizer.VocabularySize)]));
                break;
            case BytePairTokenizer pairs:
                description["kind"] = "bpe";
                files.AddRange(Gpt2Vocabulary.Files(pairs));
                break;
            default:
                throw new ArgumentException($"the tokenizer {tokenizer.Name} has no files; byte, char and byte-pair tokenizers have");
        }
        files.Insert(0, (FileName, Encoding.UTF8.GetBytes(description.ToJsonString() + "\n")));
        return files;
    }

    /// <summary>The tokenizer that lies in a folder, or null where there is none: ours, or a GPT-2 vocabulary.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file is damaged; the message names it.</exception>
    public static ITokenizer? Find(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return Load(folder, path);
        return File.Exists(Path.Combine(folder, Gpt2Vocabulary.VocabularyFile)) && File.Exists(Path.Combine(folder, Gpt2Vocabulary.MergesFile)) ? Gpt2Vocabulary.Load(folder) : null;
    }

    private static ITokenizer Load(string folder, string path)
    {
        try
        {
            JsonObject description = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new InvalidDataException($"tokenizer: '{path}' is not a JSON object");
            string kind = (string?)description["kind"] ?? "";
            ITokenizer tokenizer = kind switch
            {
                "byte" => new ByteTokenizer(),
                "char" => new CharTokenizer(Encoding.UTF8.GetBytes((string?)description["characters"] ?? "")),
                "bpe" => Gpt2Vocabulary.Load(folder, (string?)description["name"] ?? "bpe"),
                _ => throw new InvalidDataException($"tokenizer: '{path}' is of the kind '{kind}'; expected byte, char or bpe"),
            };
            int size = (int?)description["vocabularySize"] ?? -1;
            return tokenizer.VocabularySize == size ? tokenizer : throw new InvalidDataException($"tokenizer: '{path}' says {size} tokens, its vocabulary has {tokenizer.VocabularySize}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"tokenizer: '{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
