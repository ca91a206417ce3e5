using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : ITokenKernels
{
    /// <inheritdoc/>
    public void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y)
    {
        TokenIds.CheckTokens(new ReadOnlySpan<int>(IntPointer(ids), rows), table.Length / Math.Max(1, columns));
        var job = new GatherJob(rows, columns, Pointer(table), IntPointer(ids), Pointer(y));
        _pool.For(Blocks.Count(rows, Blocks.Rows(columns)), ref job);
    }

    /// <inheritdoc/>
    public void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate)
    {
        TokenIds.CheckTokens(new ReadOnlySpan<int>(IntPointer(ids), rows), vocabulary);
        if (!accumulate) new Span<float>(Pointer(dTable), checked(vocabulary * columns)).Clear();
        For(Blocks.Count(columns, ScatterAddJob.Width), new ScatterAddJob(rows, columns, IntPointer(ids), Pointer(dY), Pointer(dTable)));
    }

    /// <inheritdoc/>
    public void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp)
    {
        TokenIds.CheckTargets(new ReadOnlySpan<int>(IntPointer(targets), rows), classes);
        For(Blocks.Count(rows, Blocks.Rows(classes)), new CrossEntropyJob(rows, classes, Pointer(logits), IntPointer(targets), Pointer(losses), Pointer(logSumExp)));
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate)
    {
        TokenIds.CheckTargets(new ReadOnlySpan<int>(IntPointer(targets), rows), classes);
        float factor = (float)(alpha * *Pointer(dLoss));
        For(Blocks.Count(rows, Blocks.Rows(classes)), new CrossEntropyBackwardJob(rows, classes, factor, Pointer(logits), IntPointer(targets), Pointer(logSumExp), Pointer(dLogits), accumulate));
    }
}
