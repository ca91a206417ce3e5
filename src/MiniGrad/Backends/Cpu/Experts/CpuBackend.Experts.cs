using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <content>A mixture of experts that multiplies only what was chosen: N·k rows, sorted by expert.</content>
public sealed unsafe partial class CpuBackend : IExpertKernels
{
    /// <inheritdoc/>
    public int ExpertRows(in ExpertSizes sizes) => checked(sizes.Tokens * sizes.TopK);

    /// <inheritdoc/>
    public long ExpertPlanLength(in ExpertSizes sizes) => ExpertPlan.Length(sizes);

    /// <inheritdoc/>
    public long ExpertScratchLength(in ExpertSizes sizes) => 0;

    /// <inheritdoc/>
    public void SelectExperts(in ExpertSizes sizes, BufferView scores, BufferView bias, BufferView scratch, BufferView mask, BufferView plan)
    {
        ExpertPlan sorted = PlanOf(sizes, plan);
        var job = new SelectExpertsJob(sizes, Pointer(scores), Pointer(bias), Pointer(mask), sorted);
        _pool.For(Blocks.Count(sizes.Tokens, Blocks.Rows(sizes.Experts)), ref job);
        sorted.Sort(sizes);
    }

    /// <inheritdoc/>
    public void Dispatch(in ExpertSizes sizes, int columns, BufferView plan, BufferView x, BufferView rows)
    {
        int count = ExpertRows(sizes);
        var job = new GatherJob(count, columns, Pointer(x), PlanOf(sizes, plan).TokenOf, Pointer(rows));
        _pool.For(Blocks.Count(count, Blocks.Rows(columns)), ref job);
    }

    /// <inheritdoc/>
    public void DispatchBackward(in ExpertSizes sizes, int columns, BufferView plan, BufferView dRows, BufferView dX, bool accumulate) =>
        For(Blocks.Count(sizes.Tokens, Blocks.Rows(columns)), new DispatchBackwardJob(sizes.Tokens, sizes.TopK, columns, PlanOf(sizes, plan).RowOf, Pointer(dRows), Pointer(dX), accumulate));

    /// <inheritdoc/>
    public void ExpertProduct(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView x, BufferView weight, BufferView y, Precision precision)
    {
        ExpertPlan sorted = PlanOf(sizes, plan);
        for (int e = 0; e < sizes.Experts; e++)
        {
            Gemm(EveryToken.Product(One, RowsOf(sorted, e, x, inputs), false, MatrixOf(e, weight, inputs, outputs), true, RowsOf(sorted, e, y, outputs), sorted.Count(e), outputs, inputs, false) with { Precision = precision });
        }
    }

    /// <inheritdoc/>
    public void ExpertProductInputGradient(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView dY, BufferView weight, BufferView dX, bool accumulate, Precision precision)
    {
        ExpertPlan sorted = PlanOf(sizes, plan);
        for (int e = 0; e < sizes.Experts; e++)
        {
            Gemm(EveryToken.Product(One, RowsOf(sorted, e, dY, outputs), false, MatrixOf(e, weight, inputs, outputs), false, RowsOf(sorted, e, dX, inputs), sorted.Count(e), inputs, outputs, accumulate) with { Precision = precision });
        }
    }

    /// <inheritdoc/>
    public void ExpertProductWeightGradient(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView dY, BufferView x, BufferView dWeight, bool accumulate, Precision precision)
    {
        ExpertPlan sorted = PlanOf(sizes, plan);
        for (int e = 0; e < sizes.Experts; e++)
        {
            Gemm(EveryToken.Product(One, RowsOf(sorted, e, dY, outputs), true, RowsOf(sorted, e, x, inputs), false, MatrixOf(e, dWeight, inputs, outputs), outputs, inputs, sorted.Count(e), accumulate) with { Precision = precision });
        }
    }

    /// <inheritdoc/>
    public void Combine(in ExpertSizes sizes, int columns, BufferView plan, BufferView gates, BufferView rows, BufferView y, bool accumulate) =>
        For(Blocks.Count(sizes.Tokens, Blocks.Rows(columns)), new CombineJob(sizes, columns, PlanOf(sizes, plan), Pointer(gates), Pointer(rows), Pointer(y), accumulate));

    /// <inheritdoc/>
    public void CombineBackward(in ExpertSizes sizes, int columns, BufferView plan, BufferView gates, BufferView rows, BufferView dY, BufferView dRows, BufferView dGates) =>
        For(Blocks.Count(sizes.Tokens, Blocks.Rows(columns)), new CombineBackwardJob(sizes, columns, PlanOf(sizes, plan), Pointer(gates), Pointer(rows), Pointer(dY), Pointer(dRows), Pointer(dGates)));

    private static ExpertSizes One => new(0, 1, 1);

    private static ExpertPlan PlanOf(in ExpertSizes sizes, BufferView plan) => new(sizes, Pointer(plan));

    private static BufferView RowsOf(in ExpertPlan plan, int expert, BufferView rows, int columns) => rows.Slice((long)plan.First(expert) * columns, (long)plan.Count(expert) * columns);

    private static BufferView MatrixOf(int expert, BufferView stack, int inputs, int outputs) => stack.Slice((long)expert * inputs * outputs, (long)inputs * outputs);
}
