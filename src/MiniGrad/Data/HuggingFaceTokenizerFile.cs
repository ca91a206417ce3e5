using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>
/// Reads Hugging Face's <c>tokenizer.json</c> of a byte-level byte-pair tokenizer. What would change the tokens and is not
/// known is refused by name; truncation, padding, decoder and post-processor do not change what a text's tokens are here.
/// </summary>
public static class HuggingFaceTokenizerFile
{
    /// <summary>The file's usual name.</summary>
    public const string FileName = "tokenizer.json";

    private const string Name = "hf";

    /// <summary>Reads a file, or the <c>tokenizer.json</c> of a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="InvalidDataException">It is missing, damaged, or of a kind that is not read; the message names it.</exception>
    public static HuggingFaceTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        try
        {
            byte[] bytes = InputFile.ReadAllBytes(file);
            using JsonDocument document = JsonInput.Parse(bytes, file);
            return Read(document.RootElement, bytes, file);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith("tokenizer", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"tokenizer: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"tokenizer: '{file}' is not of the form of Hugging Face's {FileName}: expected model, pre_tokenizer, normalizer and added_tokens", e);
        }
    }

    private static HuggingFaceTokenizer Read(JsonElement root, byte[] bytes, string path)
    {
        JsonElement model = root.GetProperty("model");
        if (Type(model) is { } type and not "BPE") throw Refused(path, "model", type, "BPE");
        foreach (string key in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null && value.ToString().Length > 0) throw Refused(path, $"model.{key}", value.GetRawText(), "none");
        }
        if (Flag(model, "byte_fallback")) throw Refused(path, "model.byte_fallback", "true", "false");
        bool compose = Normalizer(root, path);
        NextPiece next = Pieces(root, path);
        Dictionary<string, int> ids = model.GetProperty("vocab").EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetInt32(), StringComparer.Ordinal);
        List<AddedToken> added = Added(root, path);
        byte[][] tokens = Tokens(ids, path);
        RequireIds(ids, added, tokens.Length, path);
        return new HuggingFaceTokenizer(new BytePairTokenizer(Name, tokens, Merges(model, ids, path), next, Flag(model, "ignore_merges")), added, compose, bytes);
    }

    private static bool Normalizer(JsonElement root, string path)
    {
        if (!root.TryGetProperty("normalizer", out JsonElement normalizer) || normalizer.ValueKind == JsonValueKind.Null) return false;
        return Type(normalizer) is { } type && type == "NFC" ? true : throw Refused(path, "normalizer", Type(normalizer), "NFC or none");
    }

    // Either ByteLevel with GPT-2's own pattern, or a Split and then ByteLevel without it.
    private static NextPiece Pieces(JsonElement root, string path)
    {
        JsonElement outer = root.GetProperty("pre_tokenizer");
        JsonElement[] steps = Type(outer) == "Sequence" ? [.. outer.GetProperty("pretokenizers").EnumerateArray()] : [outer];
        string types = string.Join(", ", steps.Select(Type));
        if (types is not ("ByteLevel" or "Split, ByteLevel")) throw Refused(path, "pre_tokenizer", types, "ByteLevel, or Split and ByteLevel");
        JsonElement level = steps[^1];
        if (Flag(level, "add_prefix_space")) throw Refused(path, "pre_tokenizer.add_prefix_space", "true", "false");
        bool pattern = !level.TryGetProperty("use_regex", out JsonElement use) || use.GetBoolean();
        if (pattern != (steps.Length == 1)) throw Refused(path, "pre_tokenizer.use_regex", pattern ? "true" : "false", steps.Length == 1 ? "true" : "false");
        if (steps.Length == 1) return PreTokenizer.Next;
        string behavior = Text(steps[0].GetProperty("behavior")), regex = Text(steps[0].GetProperty("pattern").GetProperty("Regex"));
        if (behavior != "Isolated" || Flag(steps[0], "invert")) throw Refused(path, "pre_tokenizer.behavior", behavior, "Isolated, not inverted");
        return SplitPattern.Find(regex) ?? throw Refused(path, "pre_tokenizer.pattern", regex, "GPT-2's, Llama 3's or Qwen2's");
    }

    private static List<AddedToken> Added(JsonElement root, string path)
    {
        var added = new List<AddedToken>();
        if (!root.TryGetProperty("added_tokens", out JsonElement list) || list.ValueKind == JsonValueKind.Null) return added;
        foreach (JsonElement token in list.EnumerateArray())
        {
            string content = Text(token.GetProperty("content"));
            if (content.Length == 0) throw new InvalidDataException($"tokenizer: '{path}' adds an empty token");
            foreach (string key in (string[])["single_word", "lstrip", "rstrip"])
            {
                if (Flag(token, key)) throw Refused(path, $"{key} of the added token '{HeaderText.Shorten(content)}'", "true", "false");
            }
            added.Add(new AddedToken(content, token.GetProperty("id").GetInt32(), Flag(token, "normalized")));
        }
        return added;
    }

    private static byte[][] Tokens(Dictionary<string, int> ids, string path)
    {
        var tokens = new byte[ids.Count][];
        foreach ((string text, int id) in ids)
        {
            if ((uint)id >= (uint)tokens.Length || tokens[id] is not null) throw new InvalidDataException($"tokenizer: '{path}' gives token '{HeaderText.Shorten(text)}' the id {id}; expected each of 0 … {tokens.Length - 1} once");
            tokens[id] = Gpt2Vocabulary.Bytes(text, path);
        }
        return tokens;
    }

    // An added token may name one of the vocabulary; the others follow it without a gap.
    private static void RequireIds(Dictionary<string, int> ids, List<AddedToken> added, int size, string path)
    {
        int next = size;
        foreach (AddedToken token in added.OrderBy(token => token.Id))
        {
            bool known = token.Id < size && ids.TryGetValue(token.Content, out int id) && id == token.Id;
            if (!known && token.Id != next++) throw new InvalidDataException($"tokenizer: '{path}' adds '{HeaderText.Shorten(token.Content)}' as {token.Id}; expected the token's own id, or those from {size} on without a gap");
        }
    }

    private static List<(int, int)> Merges(JsonElement model, Dictionary<string, int> ids, string path)
    {
        var merges = new List<(int, int)>();
        foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
        {
            string[] parts = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(part => part.GetString()!)] : Text(merge).Split(' ');
            if (parts.Length != 2 || !ids.TryGetValue(parts[0] ?? "", out int left) || !ids.TryGetValue(parts[1] ?? "", out int right)) throw new InvalidDataException($"tokenizer: '{path}' has the merge {HeaderText.Shorten(merge.GetRawText())}; expected two tokens of the vocabulary");
            merges.Add((left, right));
        }
        return merges;
    }

    private static string Type(JsonElement element) => element.TryGetProperty("type", out JsonElement type) ? type.GetString() ?? "null" : "BPE";

    private static string Text(JsonElement element) => element.GetString() ?? throw new InvalidOperationException("null stands where a text belongs");

    private static bool Flag(JsonElement element, string key) => element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null && value.GetBoolean();

    private static InvalidDataException Refused(string path, string key, string found, string expected) => new($"tokenizer: '{path}' has {key} {HeaderText.Shorten(found)}; read are {expected}");
}
