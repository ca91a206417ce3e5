using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MiniGrad.IO;

namespace MiniGrad.Data;

/// <summary>
/// Token ids in a file that is mapped into memory, little-endian, two or four bytes each. Three layouts are read: ours (a
/// header of 64 bytes with count, width, vocabulary and SHA-256; docs/formats.md), nanoGPT's <c>train.bin</c> (two bytes
/// each, no header) and llm.c's (1,024 bytes of header: magic 20240520 with version 1, two bytes each, and magic 20240801
/// with version 7, four).
/// </summary>
public sealed class TokenFile : IDisposable
{
    private const int HeaderSize = 64, LlmHeaderSize = 1024;
    private const int ChunkBytes = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _start;

    private TokenFile(MemoryMappedFile file, string name, long bytes)
    {
        (_file, Name) = (file, name);
        _view = file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
        (_start, Width, Length, VocabularySize, byte[]? digest) = Layout(bytes);
        if (_start + Length * Width != bytes) throw new InvalidDataException($"tokens: '{name}' holds {bytes} bytes, its header says {_start} + {Length}·{Width}: it is cut off or damaged; make it again with 'tokenize'");
        byte[] found = Digest();
        Sha256 = Convert.ToHexStringLower(found);
        if (digest is not null && !found.AsSpan().SequenceEqual(digest)) throw new InvalidDataException($"tokens: '{name}' does not have the SHA-256 that its header records: it was changed or damaged; make it again with 'tokenize'");
    }

    private static ReadOnlySpan<byte> Magic => "MGTOKENS"u8;

    // What llm.c's data scripts write (dev/data/data_common.py): GPT-2's ids in two bytes, Llama 3's in four.
    private static readonly (int Magic, int Version, int Width)[] LlmVersions = [(20240520, 1, 2), (20240801, 7, 4)];

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Number of tokens.</summary>
    public long Length { get; }

    /// <summary>Bytes of a token: 2 or 4.</summary>
    public int Width { get; }

    /// <summary>Size of the vocabulary that it was made with, or null where the layout does not say.</summary>
    public int? VocabularySize { get; }

    /// <summary>SHA-256 of the tokens as they are stored, without a header, in hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Maps a file and checks it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It cannot be read, is empty, cut off or changed; the message names it.</exception>
    public static TokenFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MemoryMappedFile? file = null;
        try
        {
            long bytes = InputFile.LengthOf(path);
            if (bytes == 0) throw new InvalidDataException($"tokens: '{path}' is empty, or no regular file: give a file that 'tokenize' wrote, or nanoGPT's train.bin");
            file = MemoryMappedFile.CreateFromFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new TokenFile(file, path, bytes);
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is IOException or UnauthorizedAccessException && e is not InvalidDataException) throw new InvalidDataException($"tokens: '{path}' cannot be read: {InputFile.Why(e)}", e);
            throw;
        }
    }

    /// <summary>Writes tokens, two bytes each where the vocabulary allows it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokens">The ids.</param>
    /// <param name="vocabularySize">Each id must lie in 0 … vocabularySize − 1.</param>
    /// <param name="plain">Without a header, as nanoGPT reads it.</param>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, or a plain file would need four bytes a token.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlyMemory<int> tokens, int vocabularySize, bool plain = false)
    {
        int width = vocabularySize <= ushort.MaxValue + 1 ? 2 : 4;
        if (plain && width != 2) throw new ArgumentException($"tokens: a vocabulary of {vocabularySize} needs four bytes a token, nanoGPT's layout has two; leave --plain out");
        foreach (int token in tokens.Span) Vocabulary.Require(token, vocabularySize, nameof(tokens));
        AtomicFile.Write(path, stream =>
        {
            if (!plain) stream.Write(Header(tokens.Span, vocabularySize, width));
            foreach (ReadOnlyMemory<byte> chunk in Chunks(tokens, width)) stream.Write(chunk.Span);
        });
    }

    /// <summary>Copies tokens from <paramref name="start"/> on.</summary>
    /// <param name="start">The first.</param>
    /// <param name="destination">Where to.</param>
    public void Read(long start, Span<int> destination)
    {
        if (start < 0 || start > Length - destination.Length) throw new ArgumentOutOfRangeException(nameof(start), $"tokens {start} … {start + destination.Length - 1} asked for, '{Name}' has {Length}");
        if (Width == 4)
        {
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(_view.PointerOffset + _start + 4 * start), destination);
            return;
        }
        Span<ushort> narrow = stackalloc ushort[512];
        for (int done = 0; done < destination.Length; done += narrow.Length)
        {
            Span<ushort> part = narrow[..Math.Min(narrow.Length, destination.Length - done)];
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(_view.PointerOffset + _start + 2 * (start + done)), part);
            for (int i = 0; i < part.Length; i++) destination[done + i] = part[i];
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private (long Start, int Width, long Length, int? Vocabulary, byte[]? Digest) Layout(long bytes)
    {
        var header = new byte[HeaderSize];
        _view.ReadArray(0, header, 0, (int)Math.Min(HeaderSize, bytes));
        int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(at));
        if (header.AsSpan().StartsWith(Magic))
        {
            int version = Int(8), width = Int(12), vocabulary = Int(24);
            long count = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16));
            if (version != 1 || width is not (2 or 4) || vocabulary < 1 || count < 0 || count > bytes) throw new InvalidDataException($"tokens: '{Name}' has a damaged header (version {version}, {width} bytes a token, {count} tokens, vocabulary {vocabulary}); make it again with 'tokenize'");
            return (HeaderSize, width, count, vocabulary, header[32..64]);
        }
        // A file that begins with one of llm.c's magic numbers is its, whole or not: read without a header it would be other tokens.
        if (LlmVersions.Any(known => known.Magic == Int(0)))
        {
            (int magic, int version) = (Int(0), Int(4));
            if (LlmVersions.FirstOrDefault(known => (known.Magic, known.Version) == (magic, version)) is not { Width: > 0 and int width }) throw new InvalidDataException($"tokens: '{Name}' is a file of llm.c with magic {magic} and version {version}; read are {string.Join(" and ", LlmVersions.Select(v => $"magic {v.Magic} with version {v.Version}"))}");
            if (bytes < LlmHeaderSize || Int(8) < 0) throw new InvalidDataException($"tokens: '{Name}' is a file of llm.c with a damaged header: {bytes} bytes, {Int(8)} tokens");
            return (LlmHeaderSize, width, Int(8), null, null);
        }
        if (bytes % 2 != 0) throw new InvalidDataException($"tokens: '{Name}' holds {bytes} bytes; without a header each token takes two: it is cut off, or no token file");
        return (0, 2, bytes / 2, null, null);
    }

    private byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        for (long at = 0; at < Length * Width; at += chunk.Length)
        {
            int count = (int)Math.Min(chunk.Length, Length * Width - at);
            _view.ReadArray(_start + at, chunk, 0, count);
            hash.AppendData(chunk, 0, count);
        }
        return hash.GetHashAndReset();
    }

    private static byte[] Header(ReadOnlySpan<int> tokens, int vocabularySize, int width)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), width);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), tokens.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), vocabularySize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> chunk in Chunks(tokens.ToArray(), width)) hash.AppendData(chunk.Span);
        hash.GetHashAndReset().CopyTo(header, 32);
        return header;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Chunks(ReadOnlyMemory<int> tokens, int width)
    {
        var chunk = new byte[ChunkBytes];
        for (int at = 0; at < tokens.Length; at += chunk.Length / width)
        {
            int count = Math.Min(chunk.Length / width, tokens.Length - at);
            Store(tokens.Span.Slice(at, count), chunk, width);
            yield return chunk.AsMemory(0, count * width);
        }
    }

    private static void Store(ReadOnlySpan<int> tokens, byte[] chunk, int width)
    {
        if (width == 4) MemoryMarshal.AsBytes(tokens).CopyTo(chunk);
        else for (int i = 0; i < tokens.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(2 * i), (ushort)tokens[i]);
    }
}
