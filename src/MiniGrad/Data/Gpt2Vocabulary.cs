using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>
/// GPT-2's files of a byte-level vocabulary: <c>vocab.json</c>, an object of token to id, and <c>merges.txt</c>, one pair a
/// line in order. A byte stands there as a printable character: itself, or one of U+0100 and following.
/// </summary>
public static class Gpt2Vocabulary
{
    /// <summary>The vocabulary's file.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>The merges' file.</summary>
    public const string MergesFile = "merges.txt";

    // The names of the first release, which some packages kept.
    private const string OldVocabularyFile = "encoder.json", OldMergesFile = "vocab.bpe";

    private static readonly char[] CharacterOf = Characters();

    private static readonly FrozenDictionary<char, byte> ByteOf = CharacterOf.Select((character, b) => KeyValuePair.Create(character, (byte)b)).ToFrozenDictionary();

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a folder's two files, also under their first names, <c>encoder.json</c> and <c>vocab.bpe</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The tokenizer's name.</param>
    /// <exception cref="InvalidDataException">A file is missing, unreadable or damaged; the message names it.</exception>
    public static BytePairTokenizer Load(string folder, string name = "gpt2")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        bool old = !File.Exists(Path.Combine(folder, VocabularyFile)) && File.Exists(Path.Combine(folder, OldVocabularyFile));
        string vocabulary = Path.Combine(folder, old ? OldVocabularyFile : VocabularyFile), merges = Path.Combine(folder, old ? OldMergesFile : MergesFile);
        Dictionary<string, int> ids = Ids(Read(vocabulary), vocabulary);
        return new BytePairTokenizer(name, Tokens(ids, vocabulary), Merges(Encoding.UTF8.GetString(Read(merges)), ids, merges));
    }

    /// <summary>The two files of a tokenizer: name and content.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    internal static IEnumerable<(string Name, byte[] Content)> Files(BytePairTokenizer tokenizer)
    {
        using var vocabulary = new MemoryStream();
        using (var writer = new Utf8JsonWriter(vocabulary, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            var written = new HashSet<string>();
            for (int id = 0; id < tokenizer.VocabularySize; id++)
            {
                string text = Text(tokenizer.Tokens[id]);
                if (!written.Add(text)) throw new InvalidDataException($"tokenizer {tokenizer.Name}: token {id} stands for the same bytes as another one; {VocabularyFile} cannot hold both");
                writer.WriteNumber(text, id);
            }
            writer.WriteEndObject();
        }
        yield return (VocabularyFile, vocabulary.ToArray());
        var lines = new StringBuilder("#version: 0.2\n");
        foreach ((int left, int right) in tokenizer.Merges) lines.Append(Text(tokenizer.Tokens[left])).Append(' ').Append(Text(tokenizer.Tokens[right])).Append('\n');
        yield return (MergesFile, Encoding.UTF8.GetBytes(lines.ToString()));
    }

    private static string Text(byte[] token) => string.Concat(token.Select(b => CharacterOf[b]));

    private static byte[] Read(string path)
    {
        try
        {
            byte[] bytes = InputFile.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"tokenizer: {e.Message}; a GPT-2 vocabulary is a folder with {VocabularyFile} and {MergesFile}", e);
        }
    }

    private static Dictionary<string, int> Ids(byte[] json, string path)
    {
        using JsonDocument document = Parse(json, path);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"tokenizer: '{path}' is not an object of token to id");
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id)) throw new InvalidDataException($"tokenizer: '{path}' gives the token '{HeaderText.Shorten(property.Name)}' the id {HeaderText.Shorten(property.Value.GetRawText())}; expected a whole number");
            ids.Add(property.Name, id);
        }
        return ids;
    }

    private static JsonDocument Parse(byte[] json, string path)
    {
        try
        {
            return JsonInput.Parse(json, path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"tokenizer: {e.Message}", e);
        }
    }

    private static byte[][] Tokens(Dictionary<string, int> ids, string path)
    {
        var tokens = new byte[ids.Count][];
        foreach ((string text, int id) in ids)
        {
            if ((uint)id >= (uint)tokens.Length || tokens[id] is not null) throw new InvalidDataException($"tokenizer: '{path}' gives token '{HeaderText.Shorten(text)}' the id {id}; expected each of 0 … {tokens.Length - 1} once");
            tokens[id] = Bytes(text, path);
        }
        return tokens;
    }

    /// <summary>The bytes that a token's characters stand for.</summary>
    /// <param name="text">The token as files have it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A character stands for no byte.</exception>
    internal static byte[] Bytes(string text, string path)
    {
        var bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!ByteOf.TryGetValue(text[i], out bytes[i])) throw new InvalidDataException($"tokenizer: '{path}' has the token '{HeaderText.Shorten(text)}', whose character U+{(int)text[i]:X4} stands for no byte: this is not a byte-level vocabulary");
        }
        return bytes;
    }

    private static List<(int, int)> Merges(string text, Dictionary<string, int> ids, string path)
    {
        var merges = new List<(int, int)>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string pair = line.TrimEnd('\r');
            // Only the first line can be a header: '#version' may be a token of a vocabulary of code.
            if (pair.Length == 0 || (number == 1 && pair.StartsWith("#version", StringComparison.Ordinal))) continue;
            string[] parts = pair.Split(' ');
            if (parts.Length != 2 || !ids.TryGetValue(parts[0], out int left) || !ids.TryGetValue(parts[1], out int right)) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"tokenizer: '{path}' line {number}: expected two tokens of {VocabularyFile} and a blank between them"));
            merges.Add((left, right));
        }
        return merges;
    }

    private static char[] Characters()
    {
        var characters = new char[256];
        int other = 256;
        for (int b = 0; b < 256; b++) characters[b] = b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)b : (char)other++;
        return characters;
    }
}
