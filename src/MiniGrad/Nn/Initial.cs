using MiniGrad.Randomness;

namespace MiniGrad;

/// <summary>Where a parameter starts. Random values are a function of (seed, the parameter's full name, index).</summary>
public readonly record struct Initial
{
    private enum Kind
    {
        Constant,
        Normal,
        Uniform,
    }

    private readonly Kind _kind;
    private readonly double _value;

    private Initial(Kind kind, double value) => (_kind, _value) = (kind, value);

    /// <summary>Zeros.</summary>
    public static Initial Zeros => Constant(0);

    /// <summary>Ones.</summary>
    public static Initial Ones => Constant(1);

    /// <summary>One value.</summary>
    /// <param name="value">The value.</param>
    public static Initial Constant(double value) => new(Kind.Constant, value);

    /// <summary>N(0, σ²).</summary>
    /// <param name="standardDeviation">σ.</param>
    public static Initial Normal(double standardDeviation) => new(Kind.Normal, standardDeviation);

    /// <summary>Uniform between −bound and bound.</summary>
    /// <param name="bound">The bound.</param>
    public static Initial Uniform(double bound) => new(Kind.Uniform, bound);

    internal void Fill(float[] values, ulong seed, ulong stream)
    {
        if (_kind == Kind.Constant) Array.Fill(values, (float)_value);
        else if (_kind == Kind.Normal) new CounterRandom(seed, stream).FillNormal(values, (float)_value);
        else
        {
            var random = new CounterRandom(seed, stream);
            for (int i = 0; i < values.Length; i++) values[i] = (float)(_value * (2 * random.Double((ulong)i) - 1));
        }
    }
}
