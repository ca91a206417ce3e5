using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Data;

/// <summary>A corpus of token files: what <c>tokenize</c> wrote, or another program did.</summary>
public static class TokenFileCorpus
{
    private const string Extension = ".bin";
    private const double HeldOutShare = 0.1;
    private const int LargestText = 1 << 24;

    /// <summary>Whether a path is a token file, a pattern of them (<c>fineweb_train_*.bin</c>), or a folder of nothing but them and a tokenizer.</summary>
    /// <param name="path">The path.</param>
    public static bool IsTokens(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path)) return path.EndsWith(Extension, StringComparison.Ordinal);
        string[] names = [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))];
        return names.Any(IsShard) && names.All(name => IsShard(name) || name.EndsWith(".json", StringComparison.Ordinal) || name == Gpt2Vocabulary.MergesFile);
    }

    /// <summary>The folder of token files, where their tokenizer may lie.</summary>
    /// <param name="path">A file, a pattern or a folder.</param>
    public static string Folder(string path) => Directory.Exists(path) ? path : FolderFiles.IsPattern(path) ? FolderFiles.Base(path) : Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>
    /// Maps token files; nothing is read into memory but the text of the held-out tokens, for gzip's reference line (of
    /// the first 16 million at most). Shards follow each other in the order of their names. Held out is, of a file
    /// <c>train.bin</c>, the <c>val.bin</c> beside it; of a folder its files with <c>val</c> in their names; of a pattern
    /// with <c>train</c> what the pattern with <c>val</c> instead names; where there are none, the last tenth of the tokens.
    /// </summary>
    /// <param name="path">The file, ending in <c>.bin</c>, the pattern or the folder.</param>
    /// <param name="tokenizer">What made the tokens.</param>
    /// <param name="blockSize">T, the tokens of a sequence.</param>
    /// <exception cref="InvalidDataException">A file cannot be used, or its tokens do not fit the tokenizer; the message has the numbers.</exception>
    public static TokenData Load(string path, ITokenizer tokenizer, int blockSize)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (string[] paths, string[] others) = Shards(path);
        TokenFile[] files = [.. paths.Select(shard => Open(shard, tokenizer))], heldOut = [.. others.Select(shard => Open(shard, tokenizer))];
        long length = files.Sum(file => file.Length), cut = heldOut.Length == 0 ? (long)(length * (1 - HeldOutShare)) : length;
        var train = new TokenStream("training", files, 0, cut, tokenizer.VocabularySize);
        TokenStream validation = heldOut.Length == 0 ? new TokenStream("validation", files, cut, length - cut, tokenizer.VocabularySize) : new TokenStream("validation", heldOut, 0, heldOut.Sum(file => file.Length), tokenizer.VocabularySize);
        train.RequireContext(blockSize);
        validation.RequireContext(blockSize);
        var text = new int[Math.Min(validation.Length, LargestText)];
        validation.Read(0, text);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(files.Concat(heldOut).Select(file => file.Sha256)))));
        string[] trainNames = [.. paths.Select(shard => Path.GetFileName(shard))], heldOutNames = [.. others.Select(shard => Path.GetFileName(shard))];
        var corpus = new Corpus(
            name, heldOut.Length == 0 ? $"'{name}', the last {validation.Length} of {length} tokens held out" : $"'{name}', {validation.Length} tokens of {string.Join(", ", heldOutNames.Select(n => $"'{n}'"))} held out",
            default, tokenizer.Decode(text), trainNames, heldOut.Length == 0 ? trainNames : heldOutNames, digest, Bytes(train, tokenizer), Bytes(validation, tokenizer));
        return new TokenData(corpus, tokenizer, train, validation);
    }

    private static (string[] Train, string[] HeldOut) Shards(string path)
    {
        if (Directory.Exists(path))
        {
            string[] all = [.. FolderFiles.Below(path).Where(file => IsShard(file.Name) && !file.Name.Contains('/', StringComparison.Ordinal)).Select(file => file.Path)];
            string[] heldOut = [.. all.Where(file => Path.GetFileName(file).Contains("val", StringComparison.Ordinal))];
            return heldOut.Length < all.Length ? ([.. all.Except(heldOut)], heldOut) : throw new InvalidDataException($"tokens: '{path}' has only files with 'val' in their names; there is nothing to train on");
        }
        if (FolderFiles.IsPattern(path))
        {
            string name = Path.GetFileName(path), other = path[..^name.Length] + name.Replace("train", "val", StringComparison.Ordinal);
            string[] heldOut = other != path && Directory.Exists(FolderFiles.Base(other)) ? [.. FolderFiles.MatchingOrNone(other).Select(file => file.Path)] : [];
            return ([.. FolderFiles.Matching(path).Select(file => file.Path)], heldOut);
        }
        string beside = Path.Combine(Folder(path), "val.bin");
        return ([path], Path.GetFileName(path) == "train.bin" && File.Exists(beside) ? [beside] : []);
    }

    private static bool IsShard(string name) => name.EndsWith(Extension, StringComparison.Ordinal);

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
