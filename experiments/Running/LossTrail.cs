namespace MiniGrad.Experiments.Running;

/// <summary>The training loss of a run by the part of it that is done, coarse enough to be kept for every run and drawn at once.</summary>
internal sealed class LossTrail
{
    /// <summary>Parts that a run is divided into.</summary>
    public const int Parts = 96;

    private readonly double[] _losses = [.. Enumerable.Repeat(double.NaN, Parts)];

    /// <summary>Keeps a step's loss; the last one of a part stays. Written by the run's thread alone.</summary>
    public void Add(long step, int steps, double loss) => Volatile.Write(ref _losses[Math.Clamp((step - 1) * Parts / steps, 0, Parts - 1)], loss);

    /// <summary>The losses in <paramref name="points"/> equal parts; NaN where a part has none.</summary>
    public double[] Over(int points)
    {
        var means = new double[points];
        for (int i = 0; i < points; i++)
        {
            int from = i * Parts / points, to = Math.Max(from + 1, (i + 1) * Parts / points);
            means[i] = _losses[from..to].Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        }
        return means;
    }
}
