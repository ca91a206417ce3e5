using System.Text.Json.Nodes;

namespace MiniGrad.IO.HuggingFace;

/// <summary>
/// A Hugging Face folder of a GPT-2, Qwen2, StarCoder2 or Arcee: <c>config.json</c> and <c>model.safetensors</c>, or the parts that
/// <c>model.safetensors.index.json</c> lists, which must lie in the folder itself.
/// </summary>
public sealed class HuggingFaceFolder : IDisposable
{
    private const string WeightsFile = "model.safetensors", IndexFile = "model.safetensors.index.json";

    private readonly string _folder;
    private readonly List<SafetensorsFile> _files = [];
    private readonly List<string> _warnings = [];
    private readonly PublishedLayout _layout;
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> _tensors = [];

    private HuggingFaceFolder(string folder, JsonObject config)
    {
        (_folder, Config) = (folder, config);
        Options = HuggingFaceConfig.Read(config, Path.Combine(folder, HuggingFaceConfig.FileName), _warnings);
        _layout = HuggingFaceLayout.Of(Options);
    }

    /// <summary>The folder's <c>config.json</c>.</summary>
    public JsonObject Config { get; }

    /// <summary>The model's options.</summary>
    public GptOptions Options { get; }

    /// <summary>What may be otherwise than in the published model, one line each; mostly none.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Whether its vocabulary is cut by GPT-2's rules, the only ones here.</summary>
    internal bool HasGpt2Vocabulary => _layout == PublishedLayout.Gpt2;

    /// <summary>Whether a folder looks like one: it has a <c>config.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, HuggingFaceConfig.FileName));

    /// <summary>Opens a folder and reads everything but the weights.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the architecture is not one of ours.</exception>
    /// <exception cref="SafetensorsException">The weights' file is damaged.</exception>
    public static HuggingFaceFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var result = new HuggingFaceFolder(folder, Json(folder, HuggingFaceConfig.FileName));
        try
        {
            foreach (string file in result.WeightFiles()) result.AddTensors(file);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Makes the model with the stored weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="precision">What its linear layers round the operands of their products to; float32 by default.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, superfluous, or of other sizes.</exception>
    public ILanguageModel CreateModel(ComputeContext context, Precision? precision = null)
    {
        var used = new HashSet<string>();
        ILanguageModel model = LanguageModels.Create(context, Options with { Precision = precision ?? Options.Precision }, seed: 0, (name, shape) => Read(name, shape, used));
        foreach ((string name, int length) in HuggingFaceLayout.Zeros(_layout, Options)) RequireZeros(name, length, used);
        if (_tensors.Keys.FirstOrDefault(name => !used.Contains(name)) is { } extra) throw new InvalidDataException($"'{_folder}': the tensor '{HeaderText.Shorten(extra)}' is no parameter of the model that {HuggingFaceConfig.FileName} describes");
        return model;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    private float[] Read(string name, Shape shape, HashSet<string> used)
    {
        bool transposed = HuggingFaceLayout.IsTransposed(_layout, name);
        IReadOnlyList<StoredPart> parts = HuggingFaceLayout.Parts(_layout, Options, name, shape);
        long row = shape.Count / shape[0];
        var values = new List<float[]>(parts.Count);
        foreach (StoredPart part in parts)
        {
            long[] expected = HuggingFaceLayout.StoredShape(shape, transposed);
            if (parts.Count > 1) expected[0] = part.Rows;
            values.Add(ReadPart(part.Name, expected, used));
        }
        float[] all = values.Count == 1 ? values[0] : [.. values.SelectMany(v => v)];
        return all.Length != shape[0] * row ? throw new InvalidDataException($"'{_folder}': '{name}' has {all.Length} elements; {HuggingFaceConfig.FileName} describes {shape.Count}")
            : transposed ? HuggingFaceLayout.Transpose(all, shape[1], shape[0]) : all;
    }

    // A tied model may have its one matrix under either name, or under both.
    private float[] ReadPart(string name, long[] expected, HashSet<string> used)
    {
        string? twin = HuggingFaceLayout.Twin(Options, name) is { } other && _tensors.ContainsKey(other) ? other : null;
        if (!_tensors.ContainsKey(name) && twin is not null) (name, twin) = (twin, null);
        if (!_tensors.TryGetValue(name, out (SafetensorsFile File, SafetensorsTensor Tensor) found)) throw new InvalidDataException($"'{_folder}': the weights lack '{name}', which the model that {HuggingFaceConfig.FileName} describes has");
        used.Add(name);
        if (!found.Tensor.Shape.SequenceEqual(expected)) throw new InvalidDataException($"'{_folder}': '{name}' is ({string.Join(",", found.Tensor.Shape)}); {HuggingFaceConfig.FileName} describes ({string.Join(",", expected)})");
        float[] values = found.File.ReadFloats(found.Tensor);
        if (twin is not null && !ReadPart(twin, expected, used).AsSpan().SequenceEqual(values)) throw new InvalidDataException($"'{_folder}': tie_word_embeddings is true, but '{name}' and '{twin}' differ; set it to false, or remove '{twin}'");
        return values;
    }

    // Our models have biases everywhere or nowhere.
    private void RequireZeros(string name, int length, HashSet<string> used)
    {
        if (!_tensors.ContainsKey(name)) return;
        if (ReadPart(name, [length], used).Any(x => x != 0)) throw new InvalidDataException($"'{_folder}': '{name}' is not zero; a model without biases in its linear layers has none in its norms here");
    }

    private void AddTensors(string name)
    {
        string path = Path.Combine(_folder, name);
        if (!File.Exists(path)) throw new InvalidDataException($"'{path}' does not exist; a Hugging Face folder has {HuggingFaceConfig.FileName} and {WeightsFile}");
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (HuggingFaceLayout.FromFile(_layout, tensor.Name) is not { } stored) continue;
            if (!_tensors.TryAdd(stored, (file, tensor))) throw new InvalidDataException($"'{path}': the tensor '{HeaderText.Shorten(stored)}' is stored twice");
        }
    }

    private string[] WeightFiles()
    {
        if (File.Exists(Path.Combine(_folder, WeightsFile)) || !File.Exists(Path.Combine(_folder, IndexFile))) return [WeightsFile];
        if (Json(_folder, IndexFile)["weight_map"] is not JsonObject map) throw new InvalidDataException($"'{Path.Combine(_folder, IndexFile)}' has no object 'weight_map'");
        string[] files = [.. map.Select(entry => entry.Value is JsonValue value && value.TryGetValue(out string? file) ? file : "").Distinct().Order(StringComparer.Ordinal)];
        foreach (string file in files) RequirePlain(file);
        return files;
    }

    // A name from a file must not lead out of the folder.
    private void RequirePlain(string file)
    {
        if (file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny("/\\:\0") >= 0) throw new InvalidDataException($"'{Path.Combine(_folder, IndexFile)}' names the file '{HeaderText.Shorten(file)}'; expected a plain name in the folder itself");
    }

    private static JsonObject Json(string folder, string name) => JsonInput.ReadObject(Path.Combine(folder, name));
}
