using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.IO;

/// <summary>
/// The checkpoints of a run: a folder with one folder per checkpoint, <c>step-00000040</c>, and <c>best.json</c>, which
/// names the best. A checkpoint is written under a temporary name, flushed with its names, then renamed: whenever the
/// process or the machine stops, either it is there whole or the ones before it are.
/// </summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";
    private const string BestFile = "best.json";
    private readonly IFileOperations _files;

    /// <summary>The store of a folder, which need not exist yet.</summary>
    /// <param name="folder">The folder.</param>
    public CheckpointStore(string folder)
        : this(folder, DiskOperations.Instance)
    {
    }

    internal CheckpointStore(string folder, IFileOperations files) => (Folder, _files) = (Path.GetFullPath(folder), files);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The steps that there are checkpoints of, in ascending order.</summary>
    public IReadOnlyList<long> Steps => !Directory.Exists(Folder) ? [] : [.. Directory.EnumerateDirectories(Folder, Prefix + "*").Select(Path.GetFileName).Select(StepOf).OfType<long>().Order()];

    /// <summary>The step of the best checkpoint, or null where none is known.</summary>
    public long? Best
    {
        get
        {
            try
            {
                return File.Exists(PathOf(BestFile)) ? (long?)JsonInput.ReadObject(PathOf(BestFile))["step"] : null;
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException or FormatException)
            {
                return null;
            }
        }
    }

    /// <summary>The folder of a step's checkpoint.</summary>
    /// <param name="step">The step.</param>
    public string FolderOf(long step) => PathOf(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}"));

    /// <summary>Removes what a killed process left behind.</summary>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public void RemoveLeftovers() => TemporaryNames.Remove(Folder, recursive: true, _files);

    /// <summary>Writes a checkpoint; when this returns it is on the disk.</summary>
    /// <param name="content">What to write.</param>
    /// <exception cref="IOException">It could not be written; the message says so, and the checkpoints before it are as they were.</exception>
    public void Save(CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        string target = FolderOf(content.Step), temporary = TemporaryNames.Beside(target);
        // None is ever overwritten: between two renames there would be neither.
        if (Directory.Exists(target)) throw new IOException($"there is a checkpoint of step {content.Step} in {Folder} already; remove it, or give another folder");
        try
        {
            _files.CreateFolder(Folder);
            _files.CreateFolder(temporary);
            Fill(temporary, content);
            _files.MoveFolder(temporary, target);
            _files.FlushFolder(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string left = Remove(temporary);
            throw new IOException($"the checkpoint of step {content.Step} could not be saved in {Folder}: {e.Message.TrimEnd('.')}; {Before()}{left}", e);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Names a checkpoint the best.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="validationLoss">Its validation loss, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The loss is not finite: such a checkpoint is never the best.</exception>
    public void MarkBest(long step, double validationLoss)
    {
        if (!double.IsFinite(validationLoss)) throw new ArgumentOutOfRangeException(nameof(validationLoss), $"the validation loss of step {step} is {validationLoss}; only a finite one can be the best");
        var best = new JsonObject { ["step"] = step, ["validationLoss"] = validationLoss, ["folder"] = Path.GetFileName(FolderOf(step)) };
        AtomicFile.Write(PathOf(BestFile), stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(best)), _files);
    }

    /// <summary>Removes all checkpoints but the last ones and the best, and one that is being read.</summary>
    /// <param name="keep">How many of the last ones stay.</param>
    /// <param name="best">The step of the best, or null.</param>
    public void Prune(int keep, long? best)
    {
        IReadOnlyList<long> steps = Steps;
        foreach (long step in steps.Take(Math.Max(0, steps.Count - keep)).Where(step => step != best))
        {
            if (IsRead(step)) continue; // it goes when the next one comes
            // Renamed first: half a checkpoint never has a checkpoint's name.
            string doomed = TemporaryNames.Beside(FolderOf(step));
            _files.MoveFolder(FolderOf(step), doomed);
            _files.DeleteFolder(doomed);
        }
    }

    /// <summary>Removes the folder with all checkpoints, but for one that is being read.</summary>
    public void RemoveAll()
    {
        if (!Directory.Exists(Folder)) return;
        Prune(0, null);
        if (Steps.Count == 0) _files.DeleteFolder(Folder);
    }

    // Whoever reads one has its digests open.
    private bool IsRead(long step)
    {
        string digests = Path.Combine(FolderOf(step), DigestFile.Name);
        try
        {
            if (Entries.Kind(digests) == EntryKind.File) new FileStream(digests, FileMode.Open, FileAccess.Read, FileShare.None, 1).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void Fill(string folder, CheckpointContent content)
    {
        var parts = new List<(string, string)>();
        foreach ((string name, ReadOnlyMemory<byte> bytes) in content.Files)
        {
            if (!Checkpoint.IsPlainName(name)) throw new ArgumentException($"'{name}' is not a plain file name");
            WriteFile(folder, name, stream => stream.Write(bytes.Span));
            parts.Add((DigestFile.FilePart(name), Convert.ToHexStringLower(SHA256.HashData(bytes.Span))));
        }
        WriteTensors(folder, Checkpoint.ModelFile, content.Model, parts);
        WriteTensors(folder, Checkpoint.OptimizerFile, content.Optimizer, parts);
        WriteFile(folder, DigestFile.Name, stream => stream.Write(DigestFile.Write(parts)));
        _files.FlushFolder(folder);
    }

    private void WriteTensors(string folder, string name, IReadOnlyList<SafetensorsSource> tensors, List<(string, string)> parts)
    {
        SafetensorsDigests? digests = null;
        WriteFile(folder, name, stream => digests = SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["format"] = "minigrad" }));
        parts.Add((DigestFile.HeaderPart(name), digests!.Header));
        parts.AddRange(digests.Tensors.Select(t => (DigestFile.TensorPart(name, t.Key), t.Value)));
    }

    private void WriteFile(string folder, string name, Action<Stream> write)
    {
        using Stream stream = _files.Create(Path.Combine(folder, name));
        write(stream);
        _files.Flush(stream);
    }

    private string Remove(string temporary)
    {
        try
        {
            if (Directory.Exists(temporary)) _files.DeleteFolder(temporary);
            return "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"; what was written of it is left in {temporary}";
        }
    }

    private string Before() => Steps is [.., long last] ? $"the one of step {last} is as it was" : "there is none before it";

    private static long? StepOf(string? name) =>
        name is not null && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;

    private string PathOf(string name) => Path.Combine(Folder, name);
}
