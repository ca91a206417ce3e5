using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : ITokenKernels
{
    /// <inheritdoc/>
    public void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y)
    {
        CheckTokens(IntPointer(ids), rows, table.Length / Math.Max(1, columns));
        var job = new GatherJob(rows, columns, Pointer(table), IntPointer(ids), Pointer(y));
        _pool.For(Blocks.Count(rows, Blocks.Rows(columns)), ref job);
    }

    /// <inheritdoc/>
    public void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate)
    {
        CheckTokens(IntPointer(ids), rows, vocabulary);
        if (!accumulate) new Span<float>(Pointer(dTable), checked(vocabulary * columns)).Clear();
        For(Blocks.Count(columns, ScatterAddJob.Width), new ScatterAddJob(rows, columns, IntPointer(ids), Pointer(dY), Pointer(dTable)));
    }

    /// <inheritdoc/>
    public void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp)
    {
        CheckTargets(IntPointer(targets), rows, classes);
        For(Blocks.Count(rows, Blocks.Rows(classes)), new CrossEntropyJob(rows, classes, Pointer(logits), IntPointer(targets), Pointer(losses), Pointer(logSumExp)));
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate)
    {
        CheckTargets(IntPointer(targets), rows, classes);
        float factor = (float)(alpha * *Pointer(dLoss));
        For(Blocks.Count(rows, Blocks.Rows(classes)), new CrossEntropyBackwardJob(rows, classes, factor, Pointer(logits), IntPointer(targets), Pointer(logSumExp), Pointer(dLogits), accumulate));
    }

    private static void CheckTokens(int* tokens, int rows, long vocabulary)
    {
        for (int row = 0; row < rows; row++)
        {
            if ((uint)tokens[row] >= vocabulary) throw new ArgumentException($"embedding: token {tokens[row]} at row {row} does not lie in the vocabulary of {vocabulary}; use the tokenizer that the model was made for");
        }
    }

    private static void CheckTargets(int* targets, int rows, int classes)
    {
        for (int row = 0; row < rows; row++)
        {
            if (targets[row] >= classes) throw new ArgumentException($"cross-entropy: target {targets[row]} at row {row} does not lie in the vocabulary of {classes}; a negative target leaves a row out");
        }
    }
}
