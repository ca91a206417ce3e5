using MiniGrad.Data;

namespace MiniGrad.Experiments.Data;

/// <summary>Loads a corpus with its tokens: text and a tokenizer, or token files and the tokenizer beside them.</summary>
internal static class CorpusTokens
{
    /// <summary>Whether a corpus is a token file, a pattern of them or a folder of them.</summary>
    public static bool IsTokenFile(string? path) => path is not null && TokenFileCorpus.IsTokens(path);

    /// <summary>The tokens of a corpus.</summary>
    /// <param name="path">A file, a folder, a token file, or null for the default corpus.</param>
    /// <param name="choice">What <c>--tokenizer</c> says.</param>
    /// <param name="beside">The tokenizer of the model that it is for, or null.</param>
    /// <param name="blockSize">Finds T, the tokens of a sequence, when the tokenizer is known to fit; may throw if it does not.</param>
    /// <exception cref="InvalidDataException">The corpus cannot be used.</exception>
    public static TokenData Load(string? path, string choice, ITokenizer? beside, Func<ITokenizer, int> blockSize)
    {
        if (!IsTokenFile(path))
        {
            // Documents are parted by the tokenizer's own token where it has one.
            ITokenizer? ready = choice == TokenizerChoice.Automatic && beside is not null ? beside : TokenizerChoice.Learns(choice) ? null : TokenizerChoice.Create(choice, []);
            Corpus corpus = CorpusLocator.Load(path, (ready as HuggingFaceTokenizer)?.EndOfText);
            ITokenizer tokenizer = ready ?? TokenizerChoice.Create(choice, corpus.Train.Span);
            return TokenData.Create(corpus, tokenizer, blockSize(tokenizer));
        }
        ITokenizer made = choice == TokenizerChoice.Automatic
            ? TokenizerFiles.Find(TokenFileCorpus.Folder(path!)) ?? beside ?? throw new InvalidDataException($"tokens: beside '{path}' lies no {TokenizerFiles.FileName}: say what made the tokens, such as --tokenizer gpt2:FOLDER, or how many ids there are: --tokenizer ids:50257")
            : TokenizerChoice.Learns(choice)
                ? throw CommandException.Usage($"--tokenizer {choice}: a token file has its tokens already; leave it out for the tokenizer beside the file, or give gpt2:FOLDER, hf:FILE, ids:N or byte")
                : TokenizerChoice.Create(choice, []);
        return TokenFileCorpus.Load(path!, made, blockSize(made));
    }
}
