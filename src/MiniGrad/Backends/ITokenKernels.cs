using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Kernels that read token ids.</summary>
public interface ITokenKernels
{
    /// <summary>Embedding: <c>y[r, :] = table[ids[r], :]</c>.</summary>
    /// <param name="rows">Tokens.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="table">The table, (vocabulary, columns).</param>
    /// <param name="ids">Rows integers, each inside the vocabulary.</param>
    /// <param name="y">Result, (rows, columns).</param>
    void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y);

    /// <summary>The adjoint of <see cref="Gather"/>: <c>dTable[ids[r], :] += dY[r, :]</c>, summed in the order of r.</summary>
    /// <param name="rows">Tokens.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="vocabulary">Rows of the table.</param>
    /// <param name="ids">Rows integers.</param>
    /// <param name="dY">Gradient of the result.</param>
    /// <param name="dTable">Gradient of the table.</param>
    /// <param name="accumulate">Whether to add to dTable, which is set to zero first otherwise.</param>
    void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate);

    /// <summary><c>losses[r] = logSumExp(logits[r, :]) − logits[r, target]</c>, in nats; a negative target is left out (loss 0).</summary>
    /// <param name="rows">Tokens.</param>
    /// <param name="classes">Columns of the logits.</param>
    /// <param name="logits">Logits, (rows, classes).</param>
    /// <param name="targets">Rows integers.</param>
    /// <param name="losses">Result, one a row.</param>
    /// <param name="logSumExp">Saved, one a row.</param>
    void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp);

    /// <summary><c>dLogits (+)= alpha·dLoss·(softmax(logits) − onehot(target))</c>; zero for a row whose target is negative.</summary>
    /// <param name="rows">Tokens.</param>
    /// <param name="classes">Columns of the logits.</param>
    /// <param name="alpha">Factor, such as 1/tokens.</param>
    /// <param name="logits">Logits.</param>
    /// <param name="targets">Rows integers.</param>
    /// <param name="logSumExp">Saved by the forward pass.</param>
    /// <param name="dLoss">Gradient of the loss, one element.</param>
    /// <param name="dLogits">Result; may be the logits' own view when not accumulating.</param>
    /// <param name="accumulate">Whether to add to dLogits.</param>
    void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate);
}
