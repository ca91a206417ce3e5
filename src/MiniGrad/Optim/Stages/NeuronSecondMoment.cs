using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim.Stages;

namespace MiniGrad;

/// <summary>
/// Divides every row (or column) by the root of its own second moment, then gives the update the norm it had: V ← β₂V +
/// (1−β₂)·mean(O²); Ô = O/(√V+ε) or O/√max(V,ε); u = Ô·‖O‖/‖Ô‖ (NorMuon, arXiv 2510.05491). An update of zeros stays zero.
/// </summary>
/// <param name="Axis">What one V stands for.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Rule">Which of the two divisions.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="BiasCorrection">Whether V is divided by 1 − β₂ᵗ.</param>
public sealed record NeuronSecondMoment(SecondMomentAxis Axis, double Beta2, RootRule Rule = RootRule.Divide, double Epsilon = 1e-8, bool BiasCorrection = false) : Stage
{
    /// <inheritdoc/>
    public override string Name => "neuron-second-moment";

    /// <inheritdoc/>
    public override string Formula => $"V ← β₂V + (1−β₂)·mean(O²) per {Per}; {SecondMomentFormula.Division(Rule, Epsilon, BiasCorrection)}; u ← u·‖O‖/‖u‖, β₂ = {Beta2}";

    private string Per => Axis switch
    {
        SecondMomentAxis.Rows => "row",
        SecondMomentAxis.Columns => "column",
        _ => "row where rows ≥ columns, else per column",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter)
    {
        int rows = parameter[0], columns = (int)(parameter.Count / Math.Max(1, rows));
        return SecondMomentFormula.State(PerRow(rows, columns) ? [rows, 1] : [1, columns], BiasCorrection);
    }

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        int rows = context.Rows, columns = context.Columns;
        bool perRow = PerRow(rows, columns);
        BufferView o = context.Update, moment = context.State(0), correction = BiasCorrection ? context.State(1) : default;

        BufferView full = context.Scratch(o.Length), mean = context.Scratch(moment.Length);
        backend.Unary(UnaryOperation.Square, o, full);
        if (perRow) backend.SumAxis(rows, columns, 1, 1.0 / columns, full, mean, accumulate: false);
        else backend.SumAxis(1, rows, columns, 1.0 / rows, full, mean, accumulate: false);
        backend.Axpby(1 - Beta2, default, mean, Beta2, moment, moment, context.Gate);
        if (BiasCorrection) context.Advance(Beta2, correction);

        BufferView before = context.Scratch(1), after = context.Scratch(1), update = context.Writable();
        backend.Norm(o, before);
        Shape small = perRow ? [rows, 1] : [1, columns];
        backend.ExpandA(BroadcastLayout.For(small, [rows, columns])!.Value, 1, moment, full, accumulate: false);
        backend.DivideByRoot(Rule, Epsilon, o, full, correction, update);
        backend.Norm(update, after);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 0, after, after);
        context.Replace(update);
        context.MultiplyBy(context.Product(before, after));
    }

    private bool PerRow(int rows, int columns) => Axis == SecondMomentAxis.Rows || (Axis == SecondMomentAxis.Auto && rows >= columns);
}
