using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Nn;
using MiniGrad.Tensors;

namespace MiniGrad.IO.HuggingFace;

/// <summary>
/// A Hugging Face folder of a GPT-2 or Qwen2: <c>config.json</c> and <c>model.safetensors</c>, or the parts that
/// <c>model.safetensors.index.json</c> lists, which must lie in the folder itself.
/// </summary>
public sealed class HuggingFaceFolder : IDisposable
{
    private const string WeightsFile = "model.safetensors", IndexFile = "model.safetensors.index.json";

    private readonly string _folder;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> _tensors = [];

    private HuggingFaceFolder(string folder, JsonObject config)
    {
        (_folder, Config) = (folder, config);
        Options = HuggingFaceConfig.Read(config, Path.Combine(folder, HuggingFaceConfig.FileName));
    }

    /// <summary>The folder's <c>config.json</c>.</summary>
    public JsonObject Config { get; }

    /// <summary>The model's options.</summary>
    public GptOptions Options { get; }

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
        ILanguageModel model = LanguageModels.Create(context, Options with { Precision = precision ?? Options.Precision }, seed: 0, (name, shape) =>
        {
            used.Add(name);
            return Read(name, shape);
        });
        if (_tensors.Keys.FirstOrDefault(name => !used.Contains(name)) is { } extra) throw new InvalidDataException($"'{_folder}': the tensor '{extra}' is no parameter of the model that {HuggingFaceConfig.FileName} describes");
        return model;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    private float[] Read(string name, Shape shape)
    {
        if (!_tensors.TryGetValue(name, out (SafetensorsFile File, SafetensorsTensor Tensor) found)) throw new InvalidDataException($"'{_folder}': the weights lack '{name}', which the model that {HuggingFaceConfig.FileName} describes has");
        bool transposed = HuggingFaceLayout.IsTransposed(Options.Family, name);
        long[] expected = HuggingFaceLayout.StoredShape(shape, transposed);
        if (!found.Tensor.Shape.SequenceEqual(expected)) throw new InvalidDataException($"'{_folder}': '{name}' is ({string.Join(",", found.Tensor.Shape)}); {HuggingFaceConfig.FileName} describes ({string.Join(",", expected)})");
        float[] values = found.File.ReadFloats(found.Tensor);
        return transposed ? HuggingFaceLayout.Transpose(values, shape[1], shape[0]) : values;
    }

    private void AddTensors(string name)
    {
        string path = Path.Combine(_folder, name);
        if (!File.Exists(path)) throw new InvalidDataException($"'{path}' does not exist; a Hugging Face folder has {HuggingFaceConfig.FileName} and {WeightsFile}");
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (HuggingFaceLayout.OurName(Options, tensor.Name) is not { } ours) continue;
            if (!_tensors.TryAdd(ours, (file, tensor))) throw new InvalidDataException($"'{path}': the tensor '{ours}' is stored twice");
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
        if (file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny("/\\:\0") >= 0) throw new InvalidDataException($"'{Path.Combine(_folder, IndexFile)}' names the file '{file}'; expected a plain name in the folder itself");
    }

    private static JsonObject Json(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new InvalidDataException($"'{path}' is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", e);
        }
    }
}
