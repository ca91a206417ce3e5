using MiniGrad.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// Copying: a random sequence of L tokens stands twice in one context of 2L, and only a model that looks back can tell the
/// second one (induction heads; Olsson et al. 2022, arXiv 2209.11895). The tokens are drawn from the 64 that are most
/// frequent in the held-out text, since a byte that was never trained on cannot be copied by anyone.
/// </summary>
internal sealed class InductionProbe : IProbe
{
    private const int Alphabet = 64;
    private const int Sequences = 64;
    private const long LogitsInAll = 1 << 27;
    private const ulong Seed = 0x494E_4455_4354;

    public string Name => "induction";

    /// <summary>
    /// Cross-entropy in nats a token of the first occurrence, <c>firstLoss</c>, and of the second, <c>secondLoss</c>, <c>gain</c> =
    /// first − second, and <c>copyAccuracy</c>: how often the second occurrence's token is the most likely one. The first
    /// token of each occurrence does not count: nothing tells that the sequence begins, or begins again.
    /// </summary>
    public IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload)
    {
        Copying copying = Measure(session.Model, MostFrequent(workload.Data.Validation));
        return
        [
            ($"{Name}.firstLoss", copying.FirstLoss),
            ($"{Name}.secondLoss", copying.SecondLoss),
            ($"{Name}.gain", copying.FirstLoss - copying.SecondLoss),
            ($"{Name}.copyAccuracy", copying.Accuracy),
        ];
    }

    /// <summary>The mean losses of both occurrences, and how often the second one's tokens are the most likely ones.</summary>
    internal readonly record struct Copying(double FirstLoss, double SecondLoss, double Accuracy);

    /// <summary>Measures a model on sequences of the given tokens; the same sequences for every model of a context size.</summary>
    /// <exception cref="ArgumentException">The context is shorter than 4, so that no sequence of 2 fits twice.</exception>
    internal static Copying Measure(ILanguageModel model, int[] alphabet)
    {
        int length = model.Options.BlockSize / 2, inputs = 2 * length - 1, vocabulary = model.Options.VocabSize;
        if (length < 2) throw new ArgumentException($"probe induction: a context of {model.Options.BlockSize} tokens holds no sequence twice; use model.blockSize of at least 4");
        int count = (int)Math.Clamp(LogitsInAll / ((long)vocabulary * inputs), 1, Sequences);
        Indices tokens = model.Context.Indices([1, inputs]);
        double first = 0, second = 0;
        int right = 0;
        for (int s = 0; s < count; s++)
        {
            int[] sequence = Sequence(alphabet, length, (ulong)s);
            float[] logits = Logits(model, tokens, [.. sequence, .. sequence.AsSpan(..^1)]);
            for (int place = 0; place < inputs; place++)
            {
                int target = sequence[(place + 1) % length];
                ReadOnlySpan<float> row = logits.AsSpan(place * vocabulary, vocabulary);
                if (place + 1 < length) first += Loss(row, target);
                else if (place + 1 > length)
                {
                    second += Loss(row, target);
                    right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row) == target ? 1 : 0;
                }
            }
        }

        double places = count * (length - 1.0);
        return new Copying(first / places, second / places, right / places);
    }

    /// <summary>The most frequent tokens of a text, ties in the order of the ids.</summary>
    internal static int[] MostFrequent(TokenStream text)
    {
        long[] counts = new long[text.VocabularySize];
        int[] part = new int[(int)Math.Min(text.Length, 1 << 20)];
        text.Read(0, part);
        foreach (int token in part) counts[token]++;
        return [.. Enumerable.Range(0, counts.Length).Where(t => counts[t] > 0).OrderByDescending(t => counts[t]).Take(Alphabet)];
    }

    private static int[] Sequence(int[] alphabet, int length, ulong number)
    {
        var random = new CounterRandom(Seed, number);
        return [.. Enumerable.Range(0, length).Select(i => alphabet[random.Below(alphabet.Length, (ulong)i)])];
    }

    private static float[] Logits(ILanguageModel model, Indices tokens, int[] ids)
    {
        using NoGradScope noGrad = model.Context.NoGrad();
        using StepScope step = model.Context.BeginStep();
        tokens.CopyFrom(ids);
        return model.Logits(tokens).ToArray();
    }

    // −log softmax, in double precision.
    private static double Loss(ReadOnlySpan<float> logits, int target)
    {
        double largest = System.Numerics.Tensors.TensorPrimitives.Max(logits), sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum) - logits[target];
    }
}
