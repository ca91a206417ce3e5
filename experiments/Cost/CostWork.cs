using MiniGrad.Experiments.Commands;

namespace MiniGrad.Experiments.Cost;

/// <summary>Counted work of a training step: floating-point operations of its matrix products, whatever a kernel saves.</summary>
internal static class CostWork
{
    /// <summary>3·2·tokens·(12·L·d² + V·d) for the linear maps, and 3·4·L·tokens·d·(T+1)/2 for causal attention.</summary>
    public static double Model(BenchConfiguration c)
    {
        double tokens = (double)c.Batch * c.Context;
        double linear = 2 * tokens * (12.0 * c.Layers * c.Dim * c.Dim + (double)c.Vocab * c.Dim);
        double attention = 4 * tokens * c.Layers * c.Dim * (c.Context + 1) / 2.0;
        return 3 * (linear + attention);
    }

    /// <summary>Newton–Schulz on every m×n matrix, m ≤ n: steps·(4m²n + 2m³). Nothing for an optimizer that orthogonalizes nothing.</summary>
    public static double Optimizer(Optimizer optimizer)
    {
        if (optimizer.MatricesOrthogonalized == 0) return 0;
        int steps = optimizer.Groups[0].Stages.Find<Orthogonalize>()?.Method is NewtonSchulz { Steps: var iterations } ? iterations : 0;
        double perStep = 0;
        foreach (Parameter parameter in optimizer.Groups[0].Parameters)
        {
            double m = Math.Min(parameter.Shape[0], parameter.Shape[1]), n = Math.Max(parameter.Shape[0], parameter.Shape[1]);
            perStep += 4 * m * m * n + 2 * m * m * m;
        }
        return steps * perStep;
    }
}
