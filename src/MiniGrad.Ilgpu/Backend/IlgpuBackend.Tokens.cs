using System.Runtime.CompilerServices;
using ILGPU;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Kernels that read token ids. The ids are checked on the host's copy, before the kernel is queued.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y)
    {
        ArrayView<int> onDevice = Tokens(ids, rows, table.Length / Math.Max(1, columns));
        Each(TokenKernels.Gather, (long)rows * columns, new GatherArgs { Table = Reals(table, columns), Y = Reals(y, (long)rows * columns), Ids = onDevice, Columns = columns });
    }

    /// <inheritdoc/>
    public void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate)
    {
        ArrayView<int> onDevice = Tokens(ids, rows, vocabulary);
        ArrayView<float> to = Reals(dTable, (long)vocabulary * columns);
        if (!accumulate) Each(ElementwiseKernels.Fill, (long)vocabulary * columns, new FillArgs { Y = to });
        ArrayView<int> next = Chains(2L * rows);
        Each(TokenKernels.Chain, rows, new ChainArgs { Ids = onDevice, Next = next, Rows = rows });
        Each(TokenKernels.Scatter, (long)rows * columns, new ScatterArgs { DY = Reals(dY, (long)rows * columns), DTable = to, Ids = onDevice, Next = next, Columns = columns });
    }

    /// <inheritdoc/>
    public void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp)
    {
        ArrayView<int> onDevice = Targets(targets, rows, classes);
        Rows(TokenKernels.CrossEntropy, rows, new CrossEntropyArgs { Logits = Reals(logits, (long)rows * classes), Losses = Reals(losses, rows), LogSumExp = Reals(logSumExp, rows), Targets = onDevice, Classes = classes });
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate)
    {
        ArrayView<int> onDevice = Targets(targets, rows, classes);
        long count = (long)rows * classes;
        Each(TokenKernels.CrossEntropyBackward, count, new CrossEntropyBackwardArgs
        {
            Logits = Reals(logits, count),
            LogSumExp = Reals(logSumExp, rows),
            DLoss = Exactly(dLoss, 1),
            DLogits = Reals(dLogits, count),
            Targets = onDevice,
            Classes = classes,
            Accumulate = Flag(accumulate),
            Alpha = (float)alpha,
        });
    }

    private ArrayView<int> Tokens(BufferView ids, int rows, long vocabulary, [CallerMemberName] string kernel = "")
    {
        ArrayView<int> onDevice = Integers(ids, rows, out Span<int> tokens, kernel: kernel);
        TokenIds.CheckTokens(tokens[..rows], vocabulary);
        return onDevice;
    }

    private ArrayView<int> Targets(BufferView targets, int rows, int classes, [CallerMemberName] string kernel = "")
    {
        ArrayView<int> onDevice = Integers(targets, rows, out Span<int> labels, kernel: kernel);
        TokenIds.CheckTargets(labels[..rows], classes);
        return onDevice;
    }
}
