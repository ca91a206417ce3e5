using System.Security.Cryptography;

namespace MiniGrad.Data;

/// <summary>Text to train on and held-out text to validate on, both UTF-8.</summary>
public sealed record Corpus
{
    /// <summary>A corpus of the given splits; its SHA-256 is computed here.</summary>
    public Corpus(
        string name,
        string description,
        ReadOnlyMemory<byte> train,
        ReadOnlyMemory<byte> validation,
        IReadOnlyList<string> trainFiles,
        IReadOnlyList<string> validationFiles)
        : this(name, description, train, validation, trainFiles, validationFiles, Digest(train, validation), train.Length, validation.Length)
    {
    }

    /// <summary>A corpus whose text is not all in memory.</summary>
    internal Corpus(
        string name,
        string description,
        ReadOnlyMemory<byte> train,
        ReadOnlyMemory<byte> validation,
        IReadOnlyList<string> trainFiles,
        IReadOnlyList<string> validationFiles,
        string sha256,
        long trainBytes,
        long validationBytes)
    {
        Name = name;
        Description = description;
        Train = train;
        Validation = validation;
        TrainFiles = trainFiles;
        ValidationFiles = validationFiles;
        Sha256 = sha256;
        TrainBytes = trainBytes;
        ValidationBytes = validationBytes;
    }

    /// <summary>A short name for tables and manifests; never a path.</summary>
    public string Name { get; }

    /// <summary>One sentence: what the text is and how it was split.</summary>
    public string Description { get; }

    /// <summary>The UTF-8 bytes to train on; empty for a corpus of token files.</summary>
    public ReadOnlyMemory<byte> Train { get; }

    /// <summary>The UTF-8 bytes that no training batch holds.</summary>
    public ReadOnlyMemory<byte> Validation { get; }

    /// <summary>The files behind <see cref="Train"/>, in their order in it, relative to the corpus folder.</summary>
    public IReadOnlyList<string> TrainFiles { get; }

    /// <summary>The files behind <see cref="Validation"/>, in their order in it, relative to the corpus folder.</summary>
    public IReadOnlyList<string> ValidationFiles { get; }

    /// <summary>SHA-256 of the training bytes followed by the validation bytes (of token files: over their digests), 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Bytes of text to train on, in memory or not.</summary>
    public long TrainBytes { get; }

    /// <summary>Bytes of held-out text, in memory or not.</summary>
    public long ValidationBytes { get; }

    /// <summary>How many files were passed over because they are not UTF-8 text.</summary>
    public int PassedOver { get; init; }

    private static string Digest(ReadOnlyMemory<byte> train, ReadOnlyMemory<byte> validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(train.Span);
        hash.AppendData(validation.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
