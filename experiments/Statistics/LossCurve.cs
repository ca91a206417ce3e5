namespace MiniGrad.Experiments.Statistics;

/// <summary>A loss by the tokens trained on, and where it reaches a level.</summary>
internal sealed class LossCurve
{
    private readonly double[] _tokens;
    private readonly double[] _losses;

    /// <summary>A curve of points with ascending token counts.</summary>
    /// <exception cref="ArgumentException">There is no point, the lists differ in length, or the tokens do not ascend.</exception>
    public LossCurve(ReadOnlySpan<double> tokens, ReadOnlySpan<double> losses)
    {
        if (tokens.Length != losses.Length || tokens.Length == 0)
            throw new ArgumentException($"a curve of {tokens.Length} token counts and {losses.Length} losses, expected as many of both, and at least one");
        for (int i = 1; i < tokens.Length; i++)
        {
            if (!(tokens[i] > tokens[i - 1]))
                throw new ArgumentException($"token count {tokens[i]} follows {tokens[i - 1]}, expected ascending counts");
        }

        _tokens = tokens.ToArray();
        _losses = losses.ToArray();
    }

    /// <summary>The token counts, ascending.</summary>
    public IReadOnlyList<double> Tokens => _tokens;

    /// <summary>The losses, one for each token count.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>The last loss.</summary>
    public double Final => _losses[^1];

    /// <summary>
    /// The tokens at which the curve first comes down to <paramref name="loss"/>, on the straight line between its
    /// neighbours; null where it never does, and from the first point on that is not finite.
    /// </summary>
    public double? TokensToReach(double loss)
    {
        for (int i = 0; i < _losses.Length && double.IsFinite(_losses[i]); i++)
        {
            if (!(_losses[i] <= loss)) // a loss that is NaN is never reached
                continue;
            if (i == 0)
                return _tokens[0];
            double share = (_losses[i - 1] - loss) / (_losses[i - 1] - _losses[i]);
            return _tokens[i - 1] + share * (_tokens[i] - _tokens[i - 1]);
        }

        return null;
    }
}
