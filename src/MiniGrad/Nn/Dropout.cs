using MiniGrad.Randomness;

namespace MiniGrad;

/// <summary>
/// Sets elements to 0 with probability p and divides the others by 1 − p, while gradients are recorded; under
/// <see cref="ComputeContext.NoGrad"/> it does nothing. The mask is a function of (seed, optimizer steps taken, uses since
/// then), so that a resumed training drops what an unbroken one does. It is drawn on the host.
/// </summary>
public sealed class Dropout : Module
{
    private const ulong Stream = 0x4452_4F50_0000_0000;

    private readonly double _probability;
    private readonly ulong _seed;
    private float[] _mask = [];
    private long _step = -1;
    private ulong _uses;

    /// <summary>A layer without parameters.</summary>
    /// <param name="probability">p, from 0 to below 1.</param>
    /// <param name="seed">The seed of the masks; give each layer its own.</param>
    /// <exception cref="ArgumentException">The probability is out of range.</exception>
    public Dropout(double probability = 0.5, ulong seed = 0)
    {
        if (!(probability >= 0 && probability < 1)) throw new ArgumentException($"Dropout: probability is {probability}; it must be at least 0 and below 1");
        (_probability, _seed) = (probability, seed);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ComputeContext context = x.Context;
        if (_probability == 0 || !context.GradientEnabled) return x;
        _uses = _step == context.Counters.OptimizerSteps ? _uses + 1 : 0;
        _step = context.Counters.OptimizerSteps;
        int count = checked((int)x.Shape.Count);
        if (_mask.Length < count) _mask = new float[count];
        var random = new CounterRandom(_seed, Stream + ((ulong)_step << 16) + _uses);
        float kept = (float)(1 / (1 - _probability));
        for (int i = 0; i < count; i++) _mask[i] = random.Single((ulong)i) < _probability ? 0 : kept;
        return x * context.Tensor(x.Shape, _mask.AsSpan(0, count));
    }
}
