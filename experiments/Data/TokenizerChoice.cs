using System.Globalization;
using MiniGrad.Data;

namespace MiniGrad.Experiments.Data;

/// <summary>The option <c>--tokenizer byte|char|bpe:SIZE|gpt2:FOLDER|hf:FILE|ids:N</c>.</summary>
internal static class TokenizerChoice
{
    /// <summary>Stands for "none was given": bytes, or what lies beside token files or a stored model.</summary>
    public const string Automatic = "auto";

    private const string HuggingFace = "hf:", Ids = "ids:";

    private static readonly string[] Placed = ["gpt2:", HuggingFace];

    private static readonly string[] Known = ["byte", "char", "bpe:SIZE", "gpt2:FOLDER", "hf:FILE", "ids:N"];

    /// <summary>Checks what was given, without reading anything.</summary>
    /// <exception cref="CommandException">It is not of a known form.</exception>
    public static string Checked(string choice)
    {
        if (choice is "byte" or "char" or Automatic) return choice;
        if (choice.StartsWith("bpe:", StringComparison.Ordinal)) return Size(choice) >= 256 ? choice : throw CommandException.Usage($"--tokenizer {choice}: the 256 bytes are tokens; give at least bpe:256");
        if (Place(choice) is { Length: > 0 }) return choice;
        if (choice.StartsWith(Ids, StringComparison.Ordinal)) return Count(choice) > 0 ? choice : throw CommandException.Usage($"--tokenizer {choice}: expected at least one id, such as ids:50257");
        throw CommandException.Unknown("tokenizer", choice, Known);
    }

    /// <summary>The tokenizer of a choice, trained on a text where it learns.</summary>
    /// <exception cref="InvalidDataException">Its files are missing or damaged, or the text has nothing to learn from.</exception>
    public static ITokenizer Create(string choice, ReadOnlySpan<byte> trainingText) => choice switch
    {
        "byte" or Automatic => new ByteTokenizer(),
        "char" => new CharTokenizer(trainingText),
        _ when choice.StartsWith("bpe:", StringComparison.Ordinal) => BytePairTrainer.Train(trainingText, Size(choice)),
        _ when choice.StartsWith(Ids, StringComparison.Ordinal) => new TokenIds(Count(choice)),
        _ when choice.StartsWith(HuggingFace, StringComparison.Ordinal) => HuggingFaceTokenizerFile.Load(Place(choice)!),
        _ => InFolder(Place(choice)!),
    };

    /// <summary>Whether a choice learns from a text.</summary>
    public static bool Learns(string choice) => choice == "char" || choice.StartsWith("bpe:", StringComparison.Ordinal);

    /// <summary>The file or folder that a choice names, or null where it names none.</summary>
    public static string? Place(string choice) => Placed.FirstOrDefault(prefix => choice.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? choice[prefix.Length..] : null;

    /// <summary>The choice with another file or folder, or as it is where it names none.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="place">Gives the other place for the one that stands there.</param>
    public static string WithPlace(string choice, Func<string, string> place) => Place(choice) is { } at ? choice[..^at.Length] + place(at) : choice;

    private static ITokenizer InFolder(string folder) => File.Exists(Path.Combine(folder, TokenizerFiles.FileName)) ? TokenizerFiles.Find(folder)! : Gpt2Vocabulary.Load(folder);

    private static int Count(string choice) => int.TryParse(choice.AsSpan(Ids.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= TokenIds.Most
        ? count
        : throw CommandException.Usage($"--tokenizer {choice}: expected ids:N with the number of ids, 1 to {TokenIds.Most}");

    private static int Size(string choice) => int.TryParse(choice.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size <= 1_000_000
        ? size
        : throw CommandException.Usage($"--tokenizer {choice}: expected bpe:SIZE with the number of tokens, 256 to 1000000");
}
