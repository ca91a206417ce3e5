using System.Globalization;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Sizes that are refused before anything is allocated for them.</summary>
internal static class Limits
{
    /// <summary>Threads of a run.</summary>
    public const int MostThreads = 1024;

    private const int MostSeeds = 10_000;

    // The weight, its gradient and one number of state.
    private const int BytesAParameter = 12;

    /// <summary>A number of threads.</summary>
    /// <exception cref="CommandException">It is below 1, or absurd.</exception>
    public static int Threads(int threads) => threads is >= 1 and <= MostThreads ? threads : throw CommandException.Usage($"--threads {threads}: must be {(threads < 1 ? "at least 1" : $"at most {MostThreads}")}");

    /// <summary>A number of seeds.</summary>
    /// <exception cref="CommandException">It is below 1, or absurd.</exception>
    public static int Seeds(int seeds) => seeds is >= 1 and <= MostSeeds ? seeds : throw CommandException.Usage($"--seeds {seeds}: must be {(seeds < 1 ? "at least 1" : $"at most {MostSeeds}")}");

    /// <summary>Refuses a model that this machine cannot train: the least that it takes is more than there is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Sequences of a forward pass.</param>
    /// <exception cref="CommandException">It does not fit.</exception>
    public static void RequireMemory(GptOptions model, int rows)
    {
        Int128 block = (Int128)model.NEmbd * ((2 * model.NEmbd) + (2L * model.KvHeads * model.HeadSize) + ((model.Family == ModelFamily.Gpt ? 2L : 3L) * model.InnerSize * (model.Experts?.Count ?? 1)));
        Int128 parameters = (model.NLayer * block) + ((Int128)(model.Tied ? 1 : 2) * model.VocabSize * model.NEmbd);
        // What every block keeps for the backward pass is at least its input.
        Int128 activations = (Int128)rows * model.BlockSize * model.NEmbd * model.NLayer * sizeof(float);
        Require((parameters * BytesAParameter) + activations, string.Create(CultureInfo.InvariantCulture, $"a model of {(double)parameters:N0} parameters with {(double)rows * model.BlockSize:N0} tokens at once"), "make it smaller, or give a smaller --micro-batch");
    }

    /// <summary>Refuses work for which this machine has not the memory.</summary>
    /// <param name="bytes">The least that it takes.</param>
    /// <param name="what">What it is.</param>
    /// <param name="fix">What helps.</param>
    /// <exception cref="CommandException">There is less.</exception>
    public static void Require(Int128 bytes, string what, string fix)
    {
        long there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > there) throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"{what} takes at least {(double)bytes / (1 << 30):N1} GiB, and this machine has {(double)there / (1 << 30):N1}: {fix}"));
    }
}
