using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace MiniGrad.Tests.Fuzz;

/// <summary>
/// Runs the program on one damaged example, in this process, and holds it to what it promises: a documented exit code, one line
/// of error, little memory and time, and nothing touched outside. A process of its own is needed: the current folder and the
/// console are changed.
/// </summary>
internal sealed class FuzzCase
{
    private const long MostBytes = 1L << 30;
    private const double MostSeconds = 20;

    // What only the runtime says, or the program of a mistake of its own.
    private static readonly string[] Raw =
    [
        "(a bug", "Exception", "(Parameter '", "Path: $", "LineNumber", "BytePositionInLine", "Index was out", "Object reference", "Array dimensions", "Arithmetic operation", "Nullable object",
        "Sequence contains", "The given key", "An item with the same key", "transcode", "could not be converted", "The requested operation", "Specified argument", "Value cannot be null", "The node must be",
        "element cannot be", "was not in a correct format", "Input string", "   at System.", "The JSON value", "is an invalid", "Non-negative number required", "Stream was too long",
    ];

    private readonly FuzzKind _kind;
    private readonly string _root, _sound, _copy, _work;

    /// <summary>The file that nobody may touch.</summary>
    /// <param name="folder">The folder of a case.</param>
    public static string OutsideOf(string folder) => Path.Combine(Path.GetDirectoryName(folder)!, "outside", "kept.txt");

    /// <summary>Prepares a sound example.</summary>
    /// <param name="kind">Of what kind.</param>
    /// <param name="examples">Where examples are kept.</param>
    /// <param name="root">An empty folder.</param>
    public FuzzCase(FuzzKind kind, FuzzExamples examples, string root)
    {
        (_kind, _root) = (kind, root);
        (_copy, _work) = (Path.Combine(root, "case"), Directory.CreateDirectory(Path.Combine(root, "work")).FullName);
        Directory.CreateDirectory(Path.GetDirectoryName(OutsideOf(_copy))!);
        File.WriteAllText(OutsideOf(_copy), "nobody touches this\n");
        Directory.SetCurrentDirectory(_work);
        string example = examples.Of(kind, arguments =>
        {
            (int code, string output, string error) = Run(arguments);
            if (code != 0) throw new InvalidOperationException($"the example of {kind.Name} cannot be made: {string.Join(' ', arguments)} ended with {code}: {output}{error}");
        });
        // Within what is watched: a case that changes its own example would spoil all that follow.
        _sound = Path.Combine(root, "sound");
        FuzzExamples.Copy(example, _sound);
        Copy();
        (int sound, string said, string errors) = Run(kind.Arguments(_copy));
        if (sound != 0) throw new InvalidOperationException($"the example of {kind.Name} is not sound: exit {sound}: {said}{errors}");
    }

    /// <summary>Runs a case; null where all is well, else what was wrong.</summary>
    public (int Code, string? Wrong) Judge(Draws draws)
    {
        Copy();
        foreach (string left in Directory.GetFileSystemEntries(_work)) Remove(left);
        string done = _kind.Spoil(_copy, draws), outside = Fingerprint();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        string[] arguments = _kind.Arguments(_copy);
        (int code, string output, string error) = Run(arguments);
        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        string? wrong = Words(code, output, error)
            ?? (seconds > MostSeconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s of processor time") : null)
            ?? (PeakBytes() > MostBytes ? $"{PeakBytes() >> 20} MiB at peak" : null)
            ?? (Fingerprint() != outside ? "a file outside was touched" : null);
        return (code, wrong is null ? null : $"{wrong}\n  {done}; {string.Join(' ', arguments)}\n  exit {code}: {(error.Length > 2_000 ? error[..2_000] : error)}");
    }

    /// <summary>What is wrong with what the program said, or null.</summary>
    private string? Words(int code, string output, string error)
    {
        if (!_kind.Codes.Contains(code)) return $"exit {code}; documented are {string.Join(", ", _kind.Codes)}";
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries), errors = [.. lines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];
        int expected = code is 0 or 1 or 4 ? 0 : 1;
        if (errors.Length != expected && !(code == 4 && errors.Length == 1)) return $"{errors.Length} lines of error";
        if (errors.Length == 1 && lines[^1] != errors[0]) return "the error is not the last line";
        if (errors.FirstOrDefault(line => line.Length > 1_000) is { } endless) return $"an error of {endless.Length} characters";
        if (lines.FirstOrDefault(line => Raw.Any(line.Contains)) is { } raw) return $"the runtime's words: {raw}";
        return (error + output).FirstOrDefault(c => char.IsControl(c) && c is not '\n') is > '\0' and char control ? string.Create(CultureInfo.InvariantCulture, $"the control character U+{(int)control:X4} reached the terminal") : null;
    }

    private static (int Code, string Output, string Error) Run(string[] arguments)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter said = new(), complained = new();
        try
        {
            Console.SetOut(said);
            Console.SetError(complained);
            return (MiniGrad.Experiments.Program.Main(arguments), said.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private void Copy()
    {
        if (Directory.Exists(_copy)) Remove(_copy);
        Directory.CreateDirectory(_copy);
        FuzzExamples.Copy(_sound, _copy);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    // Names, contents and links of everything that is neither the case nor the current folder.
    private string Fingerprint() => string.Join('\n', Directory.GetFileSystemEntries(_root).Where(entry => entry != _copy && entry != _work).SelectMany(entry => Directory.GetFiles(entry, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {new FileInfo(file).LinkTarget} {File.GetLastWriteTimeUtc(file).Ticks} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    // The most that the process has had in memory; the system counts it.
    private static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
