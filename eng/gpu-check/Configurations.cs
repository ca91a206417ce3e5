namespace MiniGrad.GpuCheck;

/// <summary>The models of docs/performance.md, with learned positions, biases, a tied head and erf GELU as the peer has them, and GPT-2 small.</summary>
internal sealed record Configuration(string Name, int Layers, int Dim, int Heads, int Context, int Batch, int Vocab)
{
    public static readonly Configuration Gpt2Small = new("GPT-2 small", 12, 768, 12, 1024, 8, 50257);

    public static readonly Configuration[] All = [new("B", 4, 256, 4, 128, 16, 512), new("C65", 6, 384, 6, 256, 8, 65), new("D", 12, 768, 12, 256, 1, 50257), Gpt2Small];

    public int Tokens => Batch * Context;

    public GptOptions Model => new GptOptions
    {
        NLayer = Layers,
        NEmbd = Dim,
        NHead = Heads,
        BlockSize = Context,
        VocabSize = Vocab,
        Position = PositionKind.Learned,
        Bias = true,
        Tied = true,
        Gelu = GeluKind.Erf,
    };
}
