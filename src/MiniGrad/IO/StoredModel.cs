using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.IO.HuggingFace;

namespace MiniGrad.IO;

/// <summary>A model on the disk, whoever wrote it: a checkpoint of ours, or a Hugging Face folder of a GPT-2 or Qwen2.</summary>
public sealed class StoredModel : IDisposable
{
    private const string Kinds = "give a checkpoint, a run folder with checkpoints of one run, or a Hugging Face folder of a GPT-2 or Qwen2";

    private const int Attempts = 100;

    private readonly HuggingFaceFolder? _published;
    private readonly Checkpoint? _checkpoint;
    private readonly FileStream? _held; // keeps a run that trains on from removing it

    private StoredModel(string folder, Checkpoint checkpoint, FileStream held)
    {
        (Folder, _checkpoint, _held) = (folder, checkpoint, held);
        Options = ModelConfig.Read(checkpoint.ReadFile(Checkpoint.ConfigFile), Path.Combine(folder, Checkpoint.ConfigFile));
        Tokenizer = Fitting(folder);
    }

    private StoredModel(string folder, HuggingFaceFolder published)
    {
        (Folder, _published, Options) = (folder, published, published.Options);
        // GPT-2's pre-tokenization is not that of the others, so their published vocabularies are left alone.
        Tokenizer = published.HasGpt2Vocabulary || File.Exists(Path.Combine(folder, TokenizerFiles.FileName)) ? Fitting(folder) : null;
    }

    /// <summary>Its folder; of a run folder the checkpoint's.</summary>
    public string Folder { get; }

    /// <summary>Its sizes and switches.</summary>
    public GptOptions Options { get; }

    /// <summary>The <c>config.json</c> that a published model came with, or null.</summary>
    public JsonObject? PublishedConfig => _published?.Config;

    /// <summary>What may be otherwise than in a published model, one line each.</summary>
    public IReadOnlyList<string> Warnings => _published?.Warnings ?? [];

    /// <summary>The tokenizer that lies beside it, or null.</summary>
    public ITokenizer? Tokenizer { get; }

    /// <summary>Opens a folder and checks everything but the weights' sizes; of a run folder its best checkpoint, or its last where none is the best.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">It is no model, or a part is damaged; the message names it.</exception>
    /// <exception cref="CheckpointException">It is a damaged checkpoint.</exception>
    /// <exception cref="SafetensorsException">The weights' file is damaged.</exception>
    public static StoredModel Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new InvalidDataException($"'{folder}' is no folder; {Kinds}");
        if (Checkpoint.IsCheckpoint(folder)) return TryOpen(folder) ?? throw new InvalidDataException($"'{folder}' was removed while it was read: its run trains on; give the run folder, or keep more with --keep");
        if (!HuggingFaceFolder.IsOne(folder)) return OpenRun(folder);
        HuggingFaceFolder published = HuggingFaceFolder.Open(folder);
        try
        {
            return new StoredModel(folder, published);
        }
        catch
        {
            published.Dispose();
            throw;
        }
    }

    /// <summary>Whether it was saved with an average of its weights (<see cref="WeightAverage"/>).</summary>
    public bool HasAverage
    {
        get
        {
            if (_checkpoint is null) return false;
            using SafetensorsFile file = _checkpoint.OpenTensors(Checkpoint.OptimizerFile);
            return file.Tensors.Any(tensor => tensor.Name.EndsWith(WeightAverage.Suffix, StringComparison.Ordinal));
        }
    }

    /// <summary>Whether <see cref="CreateModel"/> takes the average of the weights in their place.</summary>
    public bool UseAverage { get; set; }

    /// <summary>Makes the model with the stored weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="precision">What its linear layers round the operands of their products to; by default what it was stored with.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, superfluous, or of other sizes.</exception>
    /// <exception cref="SafetensorsException">A weight is missing.</exception>
    public ILanguageModel CreateModel(ComputeContext context, Precision? precision = null)
    {
        if (_published is not null) return _published.CreateModel(context, precision);
        using SafetensorsFile file = _checkpoint!.OpenTensors(UseAverage ? Checkpoint.OptimizerFile : Checkpoint.ModelFile);
        string suffix = UseAverage ? WeightAverage.Suffix : "";
        int weights = file.Tensors.Count(tensor => tensor.Name.EndsWith(suffix, StringComparison.Ordinal));
        ILanguageModel model = LanguageModels.Create(context, Options with { Precision = precision ?? Options.Precision }, seed: 0, (name, shape) =>
        {
            SafetensorsTensor tensor = file.Get(name + suffix);
            return tensor.Shape.SequenceEqual(HuggingFaceLayout.StoredShape(shape, transposed: false)) ? file.ReadFloats(tensor) : throw new InvalidDataException($"'{Folder}': '{name}' is ({string.Join(",", tensor.Shape)}); {Checkpoint.ConfigFile} describes {shape}");
        });
        return model.Parameters.Count == weights ? model : throw new InvalidDataException($"'{Folder}': there are {weights} weights, the model that {Checkpoint.ConfigFile} describes has {model.Parameters.Count}");
    }

    /// <summary>Throws unless every token of a tokenizer is one of the model's.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="InvalidDataException">It has more tokens than the model; the message has the numbers.</exception>
    public void RequireFit(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabularySize > Options.VocabSize) throw new InvalidDataException($"the tokenizer {tokenizer.Name} has {tokenizer.VocabularySize} tokens, the model in '{Folder}' only {Options.VocabSize}: give the tokenizer that the model was made with");
    }

    /// <summary>Closes its files.</summary>
    public void Dispose()
    {
        _published?.Dispose();
        _held?.Dispose();
    }

    // A run that trains on removes old checkpoints: one may go between its choice and its opening.
    private static StoredModel OpenRun(string folder)
    {
        Entries.RequirePlain(folder); // what a run folder names stays inside it
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryOpen(Chosen(folder)) is { } opened) return opened;
            Thread.Sleep(attempt);
        }
        throw new InvalidDataException($"the run in '{folder}' saves checkpoints faster than they can be read; wait for its end, or keep more with --keep");
    }

    private static string Chosen(string folder)
    {
        var inside = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 5, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint };
        string[] folders = [.. Directory.EnumerateDirectories(folder, "checkpoints", inside).Append(folder).Order(StringComparer.Ordinal)];
        (CheckpointStore Store, IReadOnlyList<long> Steps)[] stores = [.. folders.Select(path => new CheckpointStore(path)).Select(store => (store, store.Steps)).Where(s => s.Steps.Count > 0)];
        if (stores.Length == 0) throw new InvalidDataException(folders.Length > 1 ? $"'{folder}' holds no checkpoint yet; wait for its run to save the first" : $"'{folder}' holds no model: no {HuggingFaceConfig.FileName}, and no checkpoint yet, which a run that trains saves in its time; {Kinds}");
        if (stores.Length > 1) throw new InvalidDataException($"'{folder}' holds the checkpoints of {stores.Length} runs, such as '{stores[0].Store.Folder}'; give one of them");
        (CheckpointStore store, IReadOnlyList<long> steps) = stores[0];
        return store.FolderOf(store.Best is { } best && steps.Contains(best) ? best : steps[^1]);
    }

    /// <summary>Opens a checkpoint, or returns null where it went away meanwhile.</summary>
    private static StoredModel? TryOpen(string folder)
    {
        string digests = Path.Combine(folder, Checkpoint.DigestsFile);
        if (Entries.Kind(digests, follow: true) == EntryKind.Special) throw new CheckpointException($"{folder} is damaged: {Checkpoint.DigestsFile} is no regular file");
        FileStream? held = null;
        try
        {
            held = new FileStream(digests, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return new StoredModel(folder, Checkpoint.Open(folder), held);
        }
        catch (Exception e)
        {
            held?.Dispose();
            // The run asks for the digests alone before it removes a checkpoint.
            if (!Checkpoint.IsCheckpoint(folder) || (held is null && e is IOException)) return null;
            throw;
        }
    }

    private ITokenizer? Fitting(string folder)
    {
        ITokenizer? tokenizer = TokenizerFiles.Find(folder);
        if (tokenizer is not null) RequireFit(tokenizer);
        return tokenizer;
    }
}
