namespace MiniGrad.Experiments.Configuration;

/// <summary>The profiles. Warm-up is 5 % of the steps, for gpt2-small the paper's 2,000.</summary>
internal static class Profiles
{
    // AdamW's best on {6e-4, 1e-3, 3e-3, 6e-3, 1e-2}; a tie within 0.005 nats goes to the lower rate.
    private const string AdamWsBest = "AdamW's best for this profile";
    private const string Provisional = "the profile's, provisional";
    private const string Papers = "the paper's";

    public static IReadOnlyList<Profile> All { get; } =
    [
        Of("tiny", nLayer: 2, nEmbd: 64, nHead: 4, blockSize: 64, batch: 16, steps: 1000, learningRate: 6e-3, AdamWsBest),
        Of("small", nLayer: 4, nEmbd: 128, nHead: 4, blockSize: 128, batch: 16, steps: 300, learningRate: 3e-3, AdamWsBest),
        Of("medium", nLayer: 6, nEmbd: 384, nHead: 6, blockSize: 256, batch: 32, steps: 2000, learningRate: 1e-3, Provisional),
        Of("gpt2-small", nLayer: 12, nEmbd: 768, nHead: 12, blockSize: 1024, batch: 480, steps: 100_000, learningRate: 6e-4, Papers) with { MicroBatch = 4, WarmupSteps = 2000 },
    ];

    public static Profile Get(string name) => All.FirstOrDefault(p => p.Name == name) ?? throw CommandException.Unknown("profile", name, All.Select(p => p.Name));

    public static int DefaultWarmup(int steps) => Math.Max(1, (int)Math.Round(0.05 * steps));

    private static Profile Of(string name, int nLayer, int nEmbd, int nHead, int blockSize, int batch, int steps, double learningRate, string source) => new()
    {
        Name = name,
        Model = new GptOptions { NLayer = nLayer, NEmbd = nEmbd, NHead = nHead, BlockSize = blockSize },
        Batch = batch,
        Steps = steps,
        WarmupSteps = DefaultWarmup(steps),
        LearningRate = learningRate,
        LearningRateSource = source,
    };
}
