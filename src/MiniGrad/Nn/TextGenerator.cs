using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>
/// Continues a sequence of tokens, one by one. With a key–value cache a token costs one token's forward pass. When the
/// block size is reached, the later half of the sequence is read again as a new one, with the cache and without alike.
/// </summary>
public sealed class TextGenerator
{
    // A long prompt's logits are not needed: in parts they stay small.
    private const int PromptPart = 64;

    private readonly ILanguageModel _model;
    private readonly TokenSampler _sampler;
    private readonly KeyValueCache? _cache;
    private readonly Indices?[] _inputs;

    /// <summary>A generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sampler">How a token is drawn.</param>
    /// <param name="cached">Whether keys and values are kept; without, every token costs the whole sequence's forward pass.</param>
    public TextGenerator(ILanguageModel model, TokenSampler sampler, bool cached = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sampler);
        (_model, _sampler, _cache) = (model, sampler, cached ? model.NewCache() : null);
        _inputs = new Indices?[model.BlockSize + 1];
    }

    /// <summary>The tokens that follow a prompt, as they are drawn.</summary>
    /// <param name="prompt">At least one token; of a prompt longer than the block size its end counts.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or a logit is not finite.</exception>
    public IEnumerable<int> Continue(IReadOnlyList<int> prompt, int count)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0) throw new ArgumentException("sample: the prompt has no token; give at least one character");
        return Draw([.. prompt], count);
    }

    private IEnumerable<int> Draw(List<int> window, int count)
    {
        int block = _model.BlockSize;
        _cache?.Clear();
        if (window.Count > block) window.RemoveRange(0, window.Count - block);
        for (int i = 0; i < count; i++)
        {
            int token = _sampler.Next(Last(window), (ulong)i);
            yield return token;
            if (window.Count == block)
            {
                window.RemoveRange(0, block - block / 2);
                _cache?.Clear();
            }
            window.Add(token);
        }
    }

    private float[] Last(List<int> window)
    {
        using NoGradScope noGrad = _model.Context.NoGrad();
        if (_cache is null) return Forward(window, 0, window.Count);
        float[] logits = [];
        while (_cache.Length < window.Count) logits = Forward(window, _cache.Length, Math.Min(PromptPart, window.Count - _cache.Length));
        return logits;
    }

    private float[] Forward(List<int> window, int start, int length)
    {
        Indices inputs = _inputs[length] ??= _model.Context.Indices([1, length]);
        inputs.CopyFrom([.. window.GetRange(start, length)]);
        using StepScope step = _model.Context.BeginStep();
        Tensor logits = _model.Logits(inputs, _cache);
        var last = new float[_model.VocabSize];
        _model.Context.Backend.Download(logits.Data.Slice((long)(length - 1) * last.Length, last.Length), last);
        return last;
    }
}
