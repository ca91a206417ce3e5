using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Data;

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
        PublishedLayout layout = HuggingFaceLayout.Of(model.Options);
        IEnumerable<SafetensorsSource> sources = model.Parameters.SelectMany(p => Sources(layout, model.Options, p));
        // A published model goes back with the tensors that it came with: biases of zero that it has are its own parameters then.
        IEnumerable<SafetensorsSource> zeros = HuggingFaceLayout.Zeros(layout, model.Options).Select(z => SafetensorsSource.Of(HuggingFaceLayout.InFile(layout, model.Options, z.Name), [z.Length], () => new float[z.Length]));
        AtomicFile.Write(Path.Combine(folder, "model.safetensors"), stream => SafetensorsWriter.Write(stream, sources.Concat(zeros), new Dictionary<string, string> { ["format"] = "pt" }));
        foreach ((string name, byte[] content) in tokenizer is null ? [] : TokenizerFiles.Of(tokenizer)) AtomicFile.WriteBytes(Path.Combine(folder, name), content);
        AtomicFile.WriteText(Path.Combine(folder, HuggingFaceConfig.FileName), written.ToJsonString(Indented) + "\n");
    }

    private static IEnumerable<SafetensorsSource> Sources(PublishedLayout layout, GptOptions options, Parameter parameter)
    {
        bool transposed = HuggingFaceLayout.IsTransposed(layout, parameter.Name);
        IReadOnlyList<StoredPart> parts = HuggingFaceLayout.Parts(layout, options, parameter.Name, parameter.Shape);
        int row = checked((int)(parameter.Shape.Count / parameter.Shape[0]));
        foreach (StoredPart part in parts)
        {
            long[] shape = HuggingFaceLayout.StoredShape(parameter.Shape, transposed);
            if (parts.Count > 1) shape[0] = part.Rows;
            yield return SafetensorsSource.Of(HuggingFaceLayout.InFile(layout, options, part.Name), shape, () =>
            {
                float[] values = parameter.Tensor.ToArray();
                if (transposed) return HuggingFaceLayout.Transpose(values, parameter.Shape[0], parameter.Shape[1]);
                return values.AsMemory(part.First * row, part.Rows * row);
            });
        }
    }
}
