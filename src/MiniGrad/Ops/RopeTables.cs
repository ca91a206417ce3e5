using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// Cosines and sines of rotary positions: pair i at position p turns by <c>p·base^(−2i/headSize)</c> (Su et al. 2021,
/// §3.2.2). Computed once in float64 on the host; they live as long as their context.
/// </summary>
public sealed class RopeTables
{
    /// <summary>Computes the tables.</summary>
    /// <param name="context">Where they live.</param>
    /// <param name="headSize">Size of a head; even.</param>
    /// <param name="positions">How many positions, counted from 0: the longest sequence.</param>
    /// <param name="base">Base of the wavelengths; above 0.</param>
    /// <exception cref="ArgumentException">The head size is odd, or a setting is not positive.</exception>
    public RopeTables(ComputeContext context, int headSize, int positions, double @base = 1e4)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (headSize < 2 || headSize % 2 != 0) throw Errors.Setting("rope", "headSize", headSize, "it must be even and at least 2");
        if (positions < 1) throw Errors.Setting("rope", "positions", positions, "it must be at least 1");
        if (!(@base > 0)) throw Errors.Setting("rope", "base", @base, "it must be above 0");
        (Context, HeadSize, Positions) = (context, headSize, positions);
        int pairs = headSize / 2;
        var cosine = new double[(long)positions * pairs];
        var sine = new double[cosine.Length];
        for (int i = 0; i < pairs; i++)
        {
            double frequency = Math.Pow(@base, -2.0 * i / headSize);
            for (int p = 0; p < positions; p++) (sine[p * pairs + i], cosine[p * pairs + i]) = Math.SinCos(p * frequency);
        }
        Cosine = Upload(context, cosine);
        Sine = Upload(context, sine);
    }

    /// <summary>The context that the tables belong to.</summary>
    public ComputeContext Context { get; }

    /// <summary>Size of a head.</summary>
    public int HeadSize { get; }

    /// <summary>How many positions there are.</summary>
    public int Positions { get; }

    /// <summary>Cosines, (Positions, HeadSize/2).</summary>
    public BufferView Cosine { get; }

    /// <summary>Sines, (Positions, HeadSize/2).</summary>
    public BufferView Sine { get; }

    private static BufferView Upload(ComputeContext context, double[] values)
    {
        BufferView view = context.Persistent(values.Length);
        context.Backend.Upload(view, values);
        return view;
    }
}
