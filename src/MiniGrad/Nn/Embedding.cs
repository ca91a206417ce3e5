using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>A table of vectors, one a token: <c>y = W[ids]</c> with W of shape (count, width). It is an embedding to the optimizer.</summary>
public sealed class Embedding : Module
{
    /// <summary>A table, the parameter <c>weight</c>.</summary>
    /// <param name="count">Number of tokens.</param>
    /// <param name="width">Length of a vector.</param>
    /// <param name="initial">Where it starts; N(0, 1) by default, as PyTorch's.</param>
    public Embedding(int count, int width, Initial? initial = null) => Weight = Add("weight", [count, width], ParameterRole.Embedding, initial ?? Initial.Normal(1));

    /// <summary>The table, (count, width): a head may be tied to it.</summary>
    public Parameter Weight { get; }

    /// <summary>Looks up vectors.</summary>
    /// <param name="ids">Token ids, such as (B,T).</param>
    /// <returns>The vectors, (…, width).</returns>
    public Tensor Forward(Indices ids) => EmbeddingOp.Apply(Weight, ids);
}
