using MiniGrad.Randomness;

namespace MiniGrad;

/// <summary>
/// Draws tokens from logits: softmax(logits / temperature) over the k most likely tokens, of these over the fewest whose
/// probabilities together reach p (Holtzman et al. 2020, §3.1). The draw of step i is a function of (seed, i).
/// </summary>
public sealed class TokenSampler
{
    private const ulong Stream = 0x5341_4D50_4C45_0001; // independent of every other use of the seed

    private readonly double _temperature;
    private readonly int _topK;
    private readonly double _topP;
    private readonly CounterRandom _random;

    /// <summary>A sampler.</summary>
    /// <param name="temperature">0 takes the most likely token; 1 leaves the model's distribution as it is.</param>
    /// <param name="topK">How many of the most likely tokens are drawn from; 0: all.</param>
    /// <param name="topP">The probability that these must reach, in (0, 1]; 1: all.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">A number is out of range; the message names it.</exception>
    public TokenSampler(double temperature, int topK, double topP, ulong seed)
    {
        if (!(temperature >= 0) || !double.IsFinite(temperature)) throw new ArgumentException($"temperature {temperature}: must be at least 0");
        if (topK < 0) throw new ArgumentException($"top-k {topK}: must be at least 0 (0: all tokens)");
        if (!(topP > 0 && topP <= 1)) throw new ArgumentException($"top-p {topP}: must lie above 0 and be at most 1");
        (_temperature, _topK, _topP, _random) = (temperature, topK, topP, new CounterRandom(seed, Stream));
    }

    /// <summary>Draws a token.</summary>
    /// <param name="logits">The logits, (V).</param>
    /// <param name="step">Which draw, from 0.</param>
    /// <exception cref="ArgumentException">A logit is NaN or +∞.</exception>
    public int Next(ReadOnlySpan<float> logits, ulong step)
    {
        foreach (float logit in logits)
        {
            if (float.IsNaN(logit) || float.IsPositiveInfinity(logit)) throw new ArgumentException("sample: the model's logits are not finite; its weights are damaged or it diverged");
        }
        // Of equals the smaller id comes first, so that the order is one.
        int[] order = [.. Enumerable.Range(0, logits.Length)];
        float[] keys = logits.ToArray();
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[b].CompareTo(keys[a]) : a.CompareTo(b));
        if (_temperature == 0) return order[0];
        int count = _topK == 0 ? order.Length : Math.Min(_topK, order.Length);
        var weights = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) total += weights[i] = Math.Exp((keys[order[i]] - (double)keys[order[0]]) / _temperature);
        if (_topP < 1)
        {
            double reached = 0;
            int kept = 0;
            while (kept < count && reached < _topP * total) reached += weights[kept++];
            (count, total) = (kept, reached);
        }
        double drawn = _random.Double(step) * total;
        for (int i = 0; i < count; i++)
        {
            drawn -= weights[i];
            if (drawn < 0) return order[i];
        }
        return order[count - 1];
    }
}
