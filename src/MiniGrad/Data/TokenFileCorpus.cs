using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Data;

/// <summary>A corpus of token files: what <c>tokenize</c> wrote, or another program did.</summary>
public static class TokenFileCorpus
{
    private const double HeldOutShare = 0.1;
    private const int LargestText = 1 << 24;

    /// <summary>
    /// Maps a token file; nothing is read into memory but the text of the held-out tokens, for gzip's reference line (of
    /// the first 16 million at most). Beside a <c>train.bin</c> its <c>val.bin</c> is held out, of any other file the last tenth.
    /// </summary>
    /// <param name="path">The file, ending in <c>.bin</c>.</param>
    /// <param name="tokenizer">What made the tokens.</param>
    /// <param name="blockSize">T, the tokens of a sequence.</param>
    /// <exception cref="InvalidDataException">A file cannot be used, or its tokens do not fit the tokenizer; the message has the numbers.</exception>
    public static TokenData Load(string path, ITokenizer tokenizer, int blockSize)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        TokenFile file = Open(path, tokenizer);
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "val.bin");
        TokenFile? heldOut = Path.GetFileName(path) == "train.bin" && File.Exists(beside) ? Open(beside, tokenizer) : null;
        long cut = heldOut is null ? (long)(file.Length * (1 - HeldOutShare)) : file.Length;
        var train = new TokenStream("training", file, 0, cut, tokenizer.VocabularySize);
        TokenStream validation = heldOut is null ? new TokenStream("validation", file, cut, file.Length - cut, tokenizer.VocabularySize) : new TokenStream("validation", heldOut, 0, heldOut.Length, tokenizer.VocabularySize);
        train.RequireContext(blockSize);
        validation.RequireContext(blockSize);
        var text = new int[Math.Min(validation.Length, LargestText)];
        validation.Read(0, text);
        string name = Path.GetFileName(path);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{file.Sha256}{heldOut?.Sha256}")));
        var corpus = new Corpus(
            name, heldOut is null ? $"'{name}', the last {validation.Length} of {file.Length} tokens held out" : $"'{name}', {heldOut.Length} tokens of 'val.bin' held out",
            default, tokenizer.Decode(text), [name], [heldOut is null ? name : "val.bin"], digest, Bytes(train, tokenizer), Bytes(validation, tokenizer));
        return new TokenData(corpus, tokenizer, train, validation);
    }

    private static TokenFile Open(string path, ITokenizer tokenizer)
    {
        TokenFile file = TokenFile.Open(path);
        if (file.VocabularySize is not { } size || size == tokenizer.VocabularySize) return file;
        file.Dispose();
        throw new InvalidDataException($"tokens: '{path}' was made with a vocabulary of {size} tokens, the tokenizer {tokenizer.Name} has {tokenizer.VocabularySize}: give the one that lies beside the file, or leave --tokenizer out");
    }

    private static long Bytes(TokenStream tokens, ITokenizer tokenizer)
    {
        int[] lengths = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.ByteLength)], chunk = new int[8192];
        long bytes = 0;
        for (long start = 0; start < tokens.Length; start += chunk.Length)
        {
            Span<int> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, tokens.Length - start));
            tokens.Read(start, part);
            foreach (int token in part) bytes += lengths[token];
        }
        return bytes;
    }
}
