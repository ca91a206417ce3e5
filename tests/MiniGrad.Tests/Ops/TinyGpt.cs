using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>A GPT of one block made of nothing but ops, with the same numbers on every back end.</summary>
internal sealed class TinyGpt
{
    private const int Batch = 2, Tokens = 4, Channels = 8, Heads = 2, Hidden = 12, Vocabulary = 11;
    private readonly ComputeContext _context;
    private readonly bool _llamaStyle;
    private readonly RopeTables _rope;
    private readonly Indices _inputs;
    private readonly Indices _targets;

    /// <summary>GPT-2's parts (LayerNorm, GELU, biases, untied head), or Llama's (RMSNorm, SwiGLU, grouped queries, tied head).</summary>
    public TinyGpt(ComputeContext context, bool llamaStyle)
    {
        (_context, _llamaStyle) = (context, llamaStyle);
        KvHeads = llamaStyle ? 1 : Heads;
        _rope = new RopeTables(context, Channels / Heads, Tokens);
        _inputs = EmbeddingTests.Ids(context, [Batch, Tokens], 3, 1, 4, 1, 5, 9, 2, 6);
        _targets = EmbeddingTests.Ids(context, [Batch, Tokens], 1, 4, 1, 5, 9, 2, 6, -1);
        int qkv = (Heads + 2 * KvHeads) * Channels / Heads;
        Embedding = New("embedding", [Vocabulary, Channels], ParameterRole.Embedding);
        Norm1 = New("norm1", [Channels], ParameterRole.Vector);
        Qkv = New("qkv", [qkv, Channels], ParameterRole.HiddenMatrix);
        QkvBias = New("qkv.bias", [qkv], ParameterRole.Vector);
        Projection = New("projection", [Channels, Channels], ParameterRole.HiddenMatrix);
        Norm2 = New("norm2", [Channels], ParameterRole.Vector);
        Norm2Bias = New("norm2.bias", [Channels], ParameterRole.Vector);
        Up = New("up", [llamaStyle ? 2 * Hidden : Hidden, Channels], ParameterRole.HiddenMatrix);
        UpBias = New("up.bias", [llamaStyle ? 2 * Hidden : Hidden], ParameterRole.Vector);
        Down = New("down", [Channels, Hidden], ParameterRole.HiddenMatrix);
        Head = llamaStyle ? Embedding : New("head", [Vocabulary, Channels], ParameterRole.Head);
    }

    public List<Parameter> Parameters { get; } = [];

    private int KvHeads { get; }

    private Parameter Embedding { get; }

    private Parameter Norm1 { get; }

    private Parameter Qkv { get; }

    private Parameter QkvBias { get; }

    private Parameter Projection { get; }

    private Parameter Norm2 { get; }

    private Parameter Norm2Bias { get; }

    private Parameter Up { get; }

    private Parameter UpBias { get; }

    private Parameter Down { get; }

    private Parameter Head { get; }

    /// <summary>The loss of one batch.</summary>
    public Tensor Loss()
    {
        Tensor x = EmbeddingOp.Apply(Embedding, _inputs);
        Tensor h = _llamaStyle ? x.RmsNorm(Norm1) : x.LayerNorm(Norm1);
        Tensor qkv = Rope.Apply(h.Linear(Qkv, QkvBias), _rope, Heads + 2 * KvHeads, Heads + KvHeads);
        x = Attention.Apply(qkv, Heads, KvHeads).Linear(Projection, residual: x);
        h = _llamaStyle ? x.RmsNorm(Norm2) + Norm2Bias : x.LayerNorm(Norm2, Norm2Bias);
        h = _llamaStyle ? h.Linear(Up, UpBias).SwiGlu() : h.Linear(Up, UpBias, Activation.GeluTanh);
        x = h.Linear(Down, residual: x);
        return x.Linear(Head).CrossEntropy(_targets, tokens: 7);
    }

    private Parameter New(string name, Shape shape, ParameterRole role)
    {
        Parameter parameter = _context.Parameter(name, shape, role);
        parameter.Tensor.CopyFrom(TestData.Uniform(TestData.Seed(name), shape.Count, -1, 1));
        Parameters.Add(parameter);
        return parameter;
    }
}
