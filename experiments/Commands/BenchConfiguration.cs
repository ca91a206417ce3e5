namespace MiniGrad.Experiments.Commands;

/// <summary>The models of the races against PyTorch: learned positions, biases, a tied head, erf GELU.</summary>
internal sealed record BenchConfiguration(int Layers, int Dim, int Heads, int Context, int Batch, int Vocab)
{
    private static readonly Dictionary<string, BenchConfiguration> Named = new()
    {
        ["A"] = new(2, 128, 4, 64, 16, 256),
        ["B"] = new(4, 256, 4, 128, 16, 512),
        ["C65"] = new(6, 384, 6, 256, 8, 65),
        ["C"] = new(6, 384, 6, 256, 8, 4096),
        ["D"] = new(12, 768, 12, 256, 1, 50257),
    };

    public static BenchConfiguration Get(string name) => Named.TryGetValue(name, out BenchConfiguration? found) ? found : throw CommandException.Unknown("configuration", name, Named.Keys);

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
    }.Validated();

    /// <summary>GFLOP of a step's matrix products: three times the forward pass, attention counted in full, without the causal half left out.</summary>
    public double GemmGigaflop
    {
        get
        {
            double tokens = (double)Batch * Context;
            double linear = 2.0 * tokens * (Layers * 12.0 * Dim * Dim + (double)Vocab * Dim);
            double attention = Layers * 4.0 * tokens * Context * Dim;
            return 3 * (linear + attention) / 1e9;
        }
    }
}
