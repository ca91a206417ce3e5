using System.Globalization;
using MiniGrad.Data;

namespace MiniGrad.Experiments.Data;

/// <summary>The option <c>--tokenizer byte|char|bpe:SIZE|gpt2:FOLDER</c>.</summary>
internal static class TokenizerChoice
{
    /// <summary>Stands for "none was given": bytes, or what lies beside token files or a stored model.</summary>
    public const string Automatic = "auto";

    private static readonly string[] Known = ["byte", "char", "bpe:SIZE", "gpt2:FOLDER"];

    /// <summary>Checks what was given, without reading anything.</summary>
    /// <exception cref="CommandException">It is not of a known form.</exception>
    public static string Checked(string choice)
    {
        if (choice is "byte" or "char" or Automatic) return choice;
        if (choice.StartsWith("bpe:", StringComparison.Ordinal)) return Size(choice) >= 256 ? choice : throw CommandException.Usage($"--tokenizer {choice}: the 256 bytes are tokens; give at least bpe:256");
        if (choice.StartsWith("gpt2:", StringComparison.Ordinal) && choice.Length > 5) return choice;
        throw CommandException.Unknown("tokenizer", choice, Known);
    }

    /// <summary>The tokenizer of a choice, trained on a text where it learns.</summary>
    /// <exception cref="InvalidDataException">Its files are missing or damaged, or the text has nothing to learn from.</exception>
    public static ITokenizer Create(string choice, ReadOnlySpan<byte> trainingText) => choice switch
    {
        "byte" or Automatic => new ByteTokenizer(),
        "char" => new CharTokenizer(trainingText),
        _ when choice.StartsWith("bpe:", StringComparison.Ordinal) => BytePairTrainer.Train(trainingText, Size(choice)),
        _ => InFolder(choice["gpt2:".Length..]),
    };

    private static ITokenizer InFolder(string folder) => File.Exists(Path.Combine(folder, TokenizerFiles.FileName)) ? TokenizerFiles.Find(folder)! : Gpt2Vocabulary.Load(folder);

    private static int Size(string choice) => int.TryParse(choice.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size <= 1_000_000
        ? size
        : throw CommandException.Usage($"--tokenizer {choice}: expected bpe:SIZE with the number of tokens, 256 to 1000000");
}
