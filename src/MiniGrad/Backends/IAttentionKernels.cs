using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>
/// Sizes and strides of attention. Queries are read as <c>q[b, t, h, :]</c> at <c>(b·QueryLength + t)·QueryStride + h·QkSize</c>,
/// keys and values alike with their own lengths and strides, so that all three may be parts of one fused projection.
/// Query head h reads key–value head <c>h / (Heads / KvHeads)</c> (grouped-query attention).
/// </summary>
public readonly record struct AttentionShape()
{
    /// <summary>Sequences, B.</summary>
    public required int Batch { get; init; }

    /// <summary>Queries a sequence, Tq.</summary>
    public required int QueryLength { get; init; }

    /// <summary>Keys a sequence, Tk.</summary>
    public required int KeyLength { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key–value heads; divides <see cref="Heads"/>.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Size of a query and key vector.</summary>
    public required int QkSize { get; init; }

    /// <summary>Size of a value vector.</summary>
    public required int ValueSize { get; init; }

    /// <summary>Elements between tokens of the queries.</summary>
    public required int QueryStride { get; init; }

    /// <summary>Elements between tokens of the keys.</summary>
    public required int KeyStride { get; init; }

    /// <summary>Elements between tokens of the values.</summary>
    public required int ValueStride { get; init; }

    /// <summary>Factor of the scores, usually 1/√QkSize.</summary>
    public required double Scale { get; init; }

    /// <summary>Whether query t sees only keys up to position t + <see cref="QueryOffset"/>.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Position of the first query among the keys (a key–value cache holds the earlier ones).</summary>
    public int QueryOffset { get; init; }

    /// <summary>
    /// What the products round their operands to: scores and weighted values, and the five products of the backward pass. The
    /// weights are rounded before they are divided by their sum; softmax and sums keep the back end's precision. A GPU's back end
    /// multiplies unrounded whatever it is.
    /// </summary>
    public Precision Precision { get; init; }
}

/// <summary>Rotary position embedding of the leading heads of each token; the others are copied.</summary>
public readonly record struct RopeShape()
{
    /// <summary>Tokens, B·T.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens a sequence, T: row r is at position <c>r mod T + PositionOffset</c>.</summary>
    public required int SequenceLength { get; init; }

    /// <summary>Heads a token, side by side.</summary>
    public required int Heads { get; init; }

    /// <summary>How many of them, from the first, are rotated.</summary>
    public required int RotatedHeads { get; init; }

    /// <summary>Size of a head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Position of a sequence's first token.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Whether the pairs are (0,1), (2,3), … instead of (0,d/2), (1,d/2+1), … (half-split).</summary>
    public bool Interleaved { get; init; }

    /// <summary>Whether to rotate back, as the gradient needs.</summary>
    public bool Inverse { get; init; }
}

/// <summary>Attention and positions.</summary>
public interface IAttentionKernels
{
    /// <summary><c>O = softmax(scale·QKᵀ + mask)·V</c> per sequence and head, without ever storing the Tq×Tk scores where avoidable.</summary>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="output">Result, contiguous (B, Tq, Heads, ValueSize).</param>
    /// <param name="logSumExp">Saved, (B, Heads, Tq).</param>
    /// <param name="maxLogit">The largest scaled score of each head over the batch, one a head, or empty.</param>
    void Attention(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView maxLogit);

    /// <summary>Gradients of <see cref="Attention"/>; dQ, dK and dV are laid out as q, k and v.</summary>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="output">Result of the forward pass.</param>
    /// <param name="logSumExp">Saved by the forward pass.</param>
    /// <param name="dOutput">Gradient of the result, contiguous.</param>
    /// <param name="dQ">Gradient of the queries.</param>
    /// <param name="dK">Gradient of the keys.</param>
    /// <param name="dV">Gradient of the values.</param>
    /// <param name="accumulate">Whether to add to the three gradients.</param>
    void AttentionBackward(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate);

    /// <summary>Rotates pairs of each rotated head by the angle of its position.</summary>
    /// <param name="shape">Sizes and convention.</param>
    /// <param name="cosine">cos of the angles, (positions, HeadSize/2), positions counted from 0.</param>
    /// <param name="sine">sin of the angles, likewise.</param>
    /// <param name="x">Operand, (Rows, Heads, HeadSize).</param>
    /// <param name="y">Result; may be x's own view when not accumulating.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void Rope(in RopeShape shape, BufferView cosine, BufferView sine, BufferView x, BufferView y, bool accumulate);
}
