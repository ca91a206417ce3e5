using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>A causal language model: what trainer, evaluator, sampler, checkpoints and exports know of a model.</summary>
public interface ILanguageModel
{
    /// <summary>Where it lives.</summary>
    ComputeContext Context { get; }

    /// <summary>Number of tokens, V.</summary>
    int VocabSize => Options.VocabSize;

    /// <summary>The longest sequence, T.</summary>
    int BlockSize => Options.BlockSize;

    /// <summary>Sizes and switches.</summary>
    GptOptions Options { get; }

    /// <summary>The parameters; a tied weight stands here once.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>SHA-256 over names, shapes and initial values: equal for runs that are truly paired.</summary>
    string InitialSha256 { get; }

    /// <summary>Number of trainable numbers.</summary>
    long ParameterCount { get; }

    /// <summary>An empty key–value cache for one sequence of at most the block size, for <see cref="Logits"/>.</summary>
    KeyValueCache NewCache();

    /// <summary>The logits of the next token at every place.</summary>
    /// <param name="tokens">Token ids, (B,T) with T at most the block size; (1,T) with a cache.</param>
    /// <param name="cache">Holds the tokens before, and takes these; only under <see cref="ComputeContext.NoGrad"/>. Null for a sequence from its beginning.</param>
    /// <returns>Logits, (B,T,V).</returns>
    /// <exception cref="ArgumentException">The sequence is longer than the block size.</exception>
    Tensor Logits(Indices tokens, KeyValueCache? cache = null);

    /// <summary>The cross-entropy of the next token in nats: the sum over places divided by <paramref name="tokenCount"/>.</summary>
    /// <param name="tokens">Token ids, (B,T).</param>
    /// <param name="targets">The token that follows each, (B,T); a negative one is left out.</param>
    /// <param name="tokenCount">What the sum is divided by; by default B·T. With micro-batches, the tokens of the whole step.</param>
    /// <returns>A scalar.</returns>
    Tensor Loss(Indices tokens, Indices targets, double? tokenCount = null);
}
