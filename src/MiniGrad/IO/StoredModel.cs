using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.IO.HuggingFace;
using MiniGrad.Nn;
using MiniGrad.Tensors;

namespace MiniGrad.IO;

/// <summary>A model on the disk, whoever wrote it: a Hugging Face folder of a GPT-2 or Qwen2.</summary>
public sealed class StoredModel : IDisposable
{
    private readonly HuggingFaceFolder _published;

    private StoredModel(string folder, HuggingFaceFolder published)
    {
        (Folder, _published) = (folder, published);
        // GPT-2's pre-tokenization is not Qwen2's, so a published Qwen2's vocabulary is left alone.
        bool readable = published.Options.Family == ModelFamily.Gpt || File.Exists(Path.Combine(folder, TokenizerFiles.FileName));
        Tokenizer = readable ? TokenizerFiles.Find(folder) : null;
        if (Tokenizer is not null) RequireFit(Tokenizer);
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Its sizes and switches.</summary>
    public GptOptions Options => _published.Options;

    /// <summary>The <c>config.json</c> that a published model came with, or null.</summary>
    public JsonObject? PublishedConfig => _published.Config;

    /// <summary>The tokenizer that lies beside it, or null.</summary>
    public ITokenizer? Tokenizer { get; }

    /// <summary>Opens a folder and checks everything but the weights' sizes.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">It is no model, or a part is damaged; the message names it.</exception>
    public static StoredModel Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new InvalidDataException($"'{folder}' is no folder; give a checkpoint, or a Hugging Face folder of a GPT-2 or Qwen2");
        if (!HuggingFaceFolder.IsOne(folder)) throw new InvalidDataException($"'{folder}' holds no model: there is no {HuggingFaceConfig.FileName}; give a checkpoint, or a Hugging Face folder of a GPT-2 or Qwen2");
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

    /// <summary>Makes the model with the stored weights.</summary>
    /// <param name="context">Where it lives.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, superfluous, or of other sizes.</exception>
    public ILanguageModel CreateModel(ComputeContext context) => _published.CreateModel(context);

    /// <summary>Throws unless every token of a tokenizer is one of the model's.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="InvalidDataException">It has more tokens than the model; the message has the numbers.</exception>
    public void RequireFit(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabularySize > Options.VocabSize) throw new InvalidDataException($"the tokenizer {tokenizer.Name} has {tokenizer.VocabularySize} tokens, the model in '{Folder}' only {Options.VocabSize}: give the tokenizer that the model was made with");
    }

    /// <summary>Closes its files.</summary>
    public void Dispose() => _published.Dispose();
}
