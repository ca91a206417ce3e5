namespace MiniGrad;

/// <summary>Multiplies the update by a factor of the parameter's rows m and columns n.</summary>
/// <param name="Rule">Which factor.</param>
public sealed record ShapeScale(ScaleRule Rule) : Stage
{
    /// <inheritdoc/>
    public override string Name => "shape-scale";

    /// <inheritdoc/>
    public override string Formula => Rule switch
    {
        ScaleRule.Shape => "u ← √max(1, m/n)·u",
        ScaleRule.Spectral => "u ← √max(m, n)·u",
        ScaleRule.UnitRms => "u ← √(m/n)·u",
        _ => "u ← 0.2√max(m, n)·u",
    };

    /// <summary>The factor for an m×n matrix.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    public double For(int m, int n) => Rule switch
    {
        ScaleRule.Shape => Math.Sqrt(Math.Max(1, (double)m / n)),
        ScaleRule.Spectral => Math.Sqrt(Math.Max(m, n)),
        ScaleRule.UnitRms => Math.Sqrt((double)m / n),
        _ => 0.2 * Math.Sqrt(Math.Max(m, n)),
    };

    /// <inheritdoc/>
    public override void Apply(StageContext context) => context.Factor *= For(context.Rows, context.Columns);
}
