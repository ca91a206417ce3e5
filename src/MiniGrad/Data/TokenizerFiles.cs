using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.IO;

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
            case HuggingFaceTokenizer published:
                description["kind"] = "hf";
                files.Add((HuggingFaceTokenizerFile.FileName, published.Document.ToArray()));
                break;
            case TokenIds:
                description["kind"] = "ids";
                break;
            default:
                throw new ArgumentException($"the tokenizer {tokenizer.Name} has no files; byte, char, byte-pair and Hugging Face tokenizers have");
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
        JsonObject description = Read(path);
        string kind = Text(description, "kind", path, "");
        ITokenizer tokenizer = kind switch
        {
            "byte" => new ByteTokenizer(),
            "char" => new CharTokenizer(Encoding.UTF8.GetBytes(Text(description, "characters", path, ""))),
            "bpe" => Gpt2Vocabulary.Load(folder, Name(description, path)),
            "hf" => HuggingFaceTokenizerFile.Load(Path.Combine(folder, HuggingFaceTokenizerFile.FileName)),
            "ids" => new TokenIds(Size(description, path) is > 0 and <= TokenIds.Most and int ids ? ids : throw new InvalidDataException($"tokenizer: '{path}' has {Size(description, path)} ids; expected 1 to {TokenIds.Most}")),
            _ => throw new InvalidDataException($"tokenizer: '{path}' is of the kind '{HeaderText.Shorten(kind)}'; expected byte, char, bpe, hf or ids"),
        };
        int size = Size(description, path);
        return tokenizer.VocabularySize == size ? tokenizer : throw new InvalidDataException($"tokenizer: '{path}' says {size} tokens, its vocabulary has {tokenizer.VocabularySize}");
    }

    private static int Size(JsonObject description, string path) => description["vocabularySize"] is JsonValue value && value.TryGetValue(out int number)
        ? number
        : throw new InvalidDataException($"tokenizer: '{path}' does not say how many tokens there are: vocabularySize is {HeaderText.Shorten(description["vocabularySize"]?.ToJsonString() ?? "missing")}; expected a whole number");

    private static JsonObject Read(string path)
    {
        try
        {
            return JsonInput.ReadObject(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"tokenizer: {e.Message}", e);
        }
    }

    // A name goes into tables and manifests.
    private static string Name(JsonObject description, string path)
    {
        string name = Text(description, "name", path, "bpe");
        return name.Length is > 0 and <= 80 && name.All(c => char.IsAsciiLetterOrDigit(c) || "-_.:".Contains(c, StringComparison.Ordinal)) ? name : throw new InvalidDataException($"tokenizer: '{path}' has a name that is none: {HeaderText.Shorten(description["name"]!.ToJsonString())}; expected up to 80 letters and digits, such as bpe:4096");
    }

    private static string Text(JsonObject description, string key, string path, string otherwise) => description[key] switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonNode other => throw new InvalidDataException($"tokenizer: '{path}': {key} is {HeaderText.Shorten(other.ToJsonString())}; expected a string"),
    };
}
