using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.IO;

/// <summary>
/// <c>digests.sha256</c>: one line a part, <c>SHA-256, kind, file[, tensor]</c>, the last one over all lines before it.
/// Every byte of a checkpoint is under exactly one digest: a plain file as a whole, a safetensors file by its header and its tensors.
/// </summary>
internal static class DigestFile
{
    public const string Name = "digests.sha256";
    private const string First = "minigrad digests 1\n";
    private const string Self = " self\n";
    private const int HexLength = 64;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static byte[] Write(IEnumerable<(string Part, string Sha256)> parts)
    {
        var text = new StringBuilder(First);
        foreach ((string part, string sha256) in parts) text.Append(CultureInfo.InvariantCulture, $"{sha256} {part}\n");
        byte[] body = Utf8.GetBytes(text.ToString());
        return [.. body, .. Utf8.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body)) + Self)];
    }

    /// <summary>The digests by part.</summary>
    /// <exception cref="CheckpointException">The file does not carry its own digest.</exception>
    public static Dictionary<string, string> Read(byte[] bytes, string where)
    {
        int end = bytes.Length - HexLength - Self.Length;
        if (end < First.Length || !bytes.AsSpan(end).SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, end))) + Self)))
            throw new CheckpointException($"{where}: {Name} is damaged: it does not have its own digest");
        if (!System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, end))) throw new CheckpointException($"{where}: {Name} is damaged: it is not UTF-8");
        string[] lines = Utf8.GetString(bytes, 0, end).Split('\n');
        if (lines[0] + "\n" != First) throw new CheckpointException($"{where}: {Name} begins with '{HeaderText.Shorten(lines[0])}'; expected '{First.TrimEnd()}'");
        if (lines.Length < 2 || lines[^1].Length > 0) throw new CheckpointException($"{where}: {Name} is damaged: its last line does not end");
        var digests = new Dictionary<string, string>();
        for (int i = 1; i < lines.Length - 1; i++)
        {
            string line = lines[i];
            if (line.Length < HexLength + 2 || line[HexLength] != ' ' || !line[..HexLength].All(char.IsAsciiHexDigitLower)) throw new CheckpointException($"{where}: line {i + 1} of {Name} is no digest with the name of its part");
            if (!digests.TryAdd(line[(HexLength + 1)..], line[..HexLength])) throw new CheckpointException($"{where}: line {i + 1} of {Name} names a part that stands there already");
        }
        return digests;
    }

    public static string FilePart(string file) => $"file {file}";

    public static string HeaderPart(string file) => $"header {file}";

    public static string TensorPart(string file, string tensor) => tensor.Contains('\n', StringComparison.Ordinal)
        ? throw new ArgumentException($"tensor '{tensor}': a name has no line break")
        : $"tensor {file} {tensor}";
}
