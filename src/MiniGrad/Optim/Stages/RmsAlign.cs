using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Gives the update a norm of its own, whatever it was: u ← c/(‖u‖+ε)·u. With c = 0.2√(mn) its root mean square is AdamW's usual 0.2 (AdaMuon).</summary>
/// <param name="Rule">Which norm c.</param>
/// <param name="Epsilon">ε.</param>
public sealed record RmsAlign(ScaleRule Rule = ScaleRule.RmsAlign, double Epsilon = 1e-8) : Stage
{
    /// <inheritdoc/>
    public override string Name => "rms-align";

    /// <inheritdoc/>
    public override string Formula => Rule switch
    {
        ScaleRule.RmsAlign => $"u ← 0.2√(mn)/(‖u‖ + {Epsilon})·u",
        ScaleRule.RmsAlignMin => $"u ← 0.2√min(m, n)/(‖u‖ + {Epsilon})·u",
        _ => $"u ← 0.2√max(m, n)/(‖u‖ + {Epsilon})·u",
    };

    /// <summary>The norm for an m×n matrix.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    public double For(int m, int n) => 0.2 * Math.Sqrt(Rule switch
    {
        ScaleRule.RmsAlign => (double)m * n,
        ScaleRule.RmsAlignMin => Math.Min(m, n),
        _ => Math.Max(m, n),
    });

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView factor = context.Norm();
        context.Backend.Scalar(ScalarOperation.DivideAdd, For(context.Rows, context.Columns), Epsilon, factor, factor);
        context.MultiplyBy(factor);
    }
}
