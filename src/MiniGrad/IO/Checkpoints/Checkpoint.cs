using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MiniGrad.IO;

/// <summary>
/// A checkpoint on the disk: one folder with the weights and the optimizer's state as safetensors, configuration and
/// training state as JSON, the tokenizer's files, and one file of digests. Opening one checks every byte of it.
/// </summary>
public sealed class Checkpoint
{
    /// <summary>The weights.</summary>
    public const string ModelFile = "model.safetensors";

    /// <summary>The optimizer's state.</summary>
    public const string OptimizerFile = "optimizer.safetensors";

    /// <summary>The model's sizes and switches.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Where training stands and with what.</summary>
    public const string TrainingFile = "training.json";

    /// <summary>The digests of all others.</summary>
    public const string DigestsFile = DigestFile.Name;

    private readonly Dictionary<string, byte[]> _files = [];

    private Checkpoint(string folder) => Folder = folder;

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>The names of its files that are not safetensors.</summary>
    public IEnumerable<string> Files => _files.Keys;

    /// <summary>Whether a folder says that it is a checkpoint, whole or damaged.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, DigestsFile));

    /// <summary>Opens a checkpoint and checks it against its digests.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="CheckpointException">It is not a checkpoint, or a part is missing or damaged; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Checkpoint Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!IsCheckpoint(folder)) throw new CheckpointException($"{folder} is not a checkpoint: it has no {DigestsFile}");
        var checkpoint = new Checkpoint(folder);
        Dictionary<string, string> digests = DigestFile.Read(checkpoint.Bytes(DigestsFile), folder);
        foreach (string part in digests.Keys.Where(part => part.StartsWith("file ", StringComparison.Ordinal)).ToArray()) checkpoint.CheckFile(part["file ".Length..], digests);
        checkpoint.CheckTensors(ModelFile, digests);
        checkpoint.CheckTensors(OptimizerFile, digests);
        return digests.Count == 0 ? checkpoint : throw checkpoint.Damaged($"'{digests.Keys.First()}' of {DigestsFile} is not there");
    }

    /// <summary>The bytes of a file that is not safetensors.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CheckpointException">There is none.</exception>
    public ReadOnlyMemory<byte> ReadFile(string name) => _files.TryGetValue(name, out byte[]? bytes) ? bytes : throw new CheckpointException($"{Folder} has no {name}");

    /// <summary>Opens the weights or the optimizer's state.</summary>
    /// <param name="name"><see cref="ModelFile"/> or <see cref="OptimizerFile"/>.</param>
    public SafetensorsFile OpenTensors(string name) => SafetensorsFile.Open(PathOf(name));

    private void CheckFile(string name, Dictionary<string, string> digests)
    {
        string path = PathOf(name);
        if (!File.Exists(path)) throw Damaged($"{name} is missing");
        byte[] bytes = Bytes(name);
        Take(digests, DigestFile.FilePart(name), Convert.ToHexStringLower(SHA256.HashData(bytes)), name);
        _files.Add(name, bytes);
    }

    private byte[] Bytes(string name)
    {
        try
        {
            string path = PathOf(name);
            return Entries.Kind(path, follow: true) == EntryKind.File && InputFile.LengthOf(path) == 0 ? [] : InputFile.ReadAllBytes(path);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{Folder} is damaged: {e.Message}", e);
        }
    }

    private void CheckTensors(string name, Dictionary<string, string> digests)
    {
        if (!File.Exists(PathOf(name))) throw Damaged($"{name} is missing");
        try
        {
            // The header's digest first: a damaged header says "damaged", not what the damage made of it.
            Take(digests, DigestFile.HeaderPart(name), HeaderDigest(PathOf(name)), $"the header of {name}");
            using SafetensorsFile file = OpenTensors(name);
            foreach (SafetensorsTensor tensor in file.Tensors) Take(digests, DigestFile.TensorPart(name, tensor.Name), Digest(file, tensor), $"tensor '{tensor.Name}' of {name}");
        }
        catch (Exception e) when (e is SafetensorsException or InvalidDataException)
        {
            throw new CheckpointException($"{Folder} is damaged: {e.Message}", e);
        }
    }

    private void Take(Dictionary<string, string> digests, string part, string actual, string what)
    {
        if (!digests.Remove(part, out string? expected)) throw Damaged($"{what} has no digest");
        if (actual != expected) throw Damaged($"{what} does not have its digest");
    }

    private static string HeaderDigest(string path)
    {
        using FileStream stream = InputFile.Open(path);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length) return "";
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)Math.Min(SafetensorsHeader.MaxLength, stream.Length - prefix.Length)) return "";
        var header = new byte[prefix.Length + (int)length];
        stream.Position = 0;
        stream.ReadExactly(header);
        return Convert.ToHexStringLower(SHA256.HashData(header));
    }

    private static string Digest(SafetensorsFile file, SafetensorsTensor tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[(int)Math.Min(1 << 20, tensor.ByteCount)];
        for (long done = 0; done < tensor.ByteCount;)
        {
            int count = (int)Math.Min(chunk.Length, tensor.ByteCount - done);
            file.ReadBytes(tensor, done, chunk.AsSpan(0, count));
            hash.AppendData(chunk, 0, count);
            done += count;
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private CheckpointException Damaged(string what) => new($"{Folder} is damaged: {what}");

    // A name from a checkpoint never leads out of its folder.
    private string PathOf(string name) => IsPlainName(name) ? Path.Combine(Folder, name) : throw Damaged($"{DigestsFile} names '{HeaderText.Shorten(name)}', which is not a plain file name");

    internal static bool IsPlainName(string name) => name.Length is > 0 and <= 100 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
