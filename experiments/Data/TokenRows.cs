using System.Text.Json;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Data;

/// <summary>Rows of token ids and what follows each, as <c>evaluate --tokens</c> reads them.</summary>
/// <param name="Rows">B.</param>
/// <param name="Length">T.</param>
/// <param name="Tokens">(B,T) ids.</param>
/// <param name="Targets">(B,T) ids; a negative one is left out of the loss.</param>
internal sealed record TokenRows(int Rows, int Length, int[] Tokens, int[] Targets)
{
    private const long MostBytes = 1 << 26;

    /// <summary>How many targets count.</summary>
    public int Counted => Targets.Count(target => target >= 0);

    /// <summary>Reads a file <c>{"tokens":[[…]],"targets":[[…]]}</c> and checks it against a model.</summary>
    /// <exception cref="InvalidDataException">It is missing or not of this form, or a row or an id does not fit the model.</exception>
    public static TokenRows Read(string path, GptOptions model)
    {
        const string Form = "expected {\"tokens\":[[…]],\"targets\":[[…]]}";
        int[][] tokens, targets;
        try
        {
            using JsonDocument document = JsonInput.Parse(InputFile.ReadAllBytes(path, MostBytes), path);
            (tokens, targets) = (Matrix(document.RootElement, "tokens"), Matrix(document.RootElement, "targets"));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"tokens: {e.Message}; {Form}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"tokens: '{path}' has other content; {Form} with whole numbers", e);
        }
        int length = tokens.Length == 0 ? 0 : tokens[0].Length;
        if (length == 0) throw new InvalidDataException($"tokens: '{path}' has no tokens");
        if (targets.Length != tokens.Length || tokens.Concat(targets).Any(row => row.Length != length)) throw new InvalidDataException($"tokens: '{path}' has {tokens.Length} rows of tokens, the first of {length}, and {targets.Length} of targets; all rows must have one length, and there must be as many of each");
        if (length > model.BlockSize) throw new InvalidDataException($"tokens: '{path}' has rows of {length} tokens, the model takes at most {model.BlockSize}");
        int[] flat = [.. tokens.SelectMany(row => row)], next = [.. targets.SelectMany(row => row)];
        if (flat.Concat(next).FirstOrDefault(id => id >= model.VocabSize) is > 0 and int large) throw new InvalidDataException($"tokens: '{path}' has the id {large}, the model's vocabulary has {model.VocabSize} tokens");
        if (flat.Any(id => id < 0)) throw new InvalidDataException($"tokens: '{path}' has the id {flat.Min()}; tokens are at least 0 (only a target may be negative, and is then left out)");
        return new TokenRows(tokens.Length, length, flat, next) is { Counted: > 0 } rows ? rows : throw new InvalidDataException($"tokens: '{path}' has no target that counts: all are negative");
    }

    private static int[][] Matrix(JsonElement root, string name) => [.. root.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
