using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Tensors;

namespace MiniGrad.IO.HuggingFace;

/// <summary>Writes a model as a Hugging Face folder in the published layout, so that other tools open it.</summary>
public static class HuggingFaceExport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>config.json</c>, <c>model.safetensors</c> and, where the tokenizer has them, <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">A folder that exists; each file replaces one of its name.</param>
    /// <param name="config">The <c>config.json</c> that the model came with, whose other fields are kept; or null.</param>
    /// <param name="tokenizer">The model's tokenizer, or null.</param>
    /// <exception cref="ArgumentException">The published layouts have no place for the model's switches.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(ILanguageModel model, string folder, JsonObject? config = null, ITokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        // The check comes first: a refused model leaves nothing. An imported configuration goes back as it came.
        JsonObject ours = HuggingFaceConfig.Write(model.Options), written = config ?? ours;
        AtomicFile.Write(Path.Combine(folder, "model.safetensors"), stream => SafetensorsWriter.Write(stream, model.Parameters.Select(p => Source(model.Options, p)), new Dictionary<string, string> { ["format"] = "pt" }));
        foreach ((string name, byte[] content) in tokenizer is null ? [] : TokenizerFiles.Of(tokenizer)) AtomicFile.WriteBytes(Path.Combine(folder, name), content);
        AtomicFile.WriteText(Path.Combine(folder, HuggingFaceConfig.FileName), written.ToJsonString(Indented) + "\n");
    }

    private static SafetensorsSource Source(GptOptions options, Parameter parameter)
    {
        bool transposed = HuggingFaceLayout.IsTransposed(options.Family, parameter.Name);
        return SafetensorsSource.Of(HuggingFaceLayout.StoredName(options, parameter.Name), HuggingFaceLayout.StoredShape(parameter.Shape, transposed), () =>
        {
            float[] values = parameter.Tensor.ToArray();
            return transposed ? HuggingFaceLayout.Transpose(values, parameter.Shape[0], parameter.Shape[1]) : values;
        });
    }
}
