using ILGPU;
using ILGPU.Algorithms;

namespace MiniGrad.Ilgpu.Kernels;

internal struct GatherArgs
{
    public ArrayView<float> Table, Y;
    public ArrayView<int> Ids;
    public int Columns;
}

internal struct ChainArgs
{
    public ArrayView<int> Ids, Next;
    public int Rows;
}

internal struct ScatterArgs
{
    public ArrayView<float> DY, DTable;
    public ArrayView<int> Ids, Next;
    public int Columns;
}

internal struct CrossEntropyArgs
{
    public ArrayView<float> Logits, Losses, LogSumExp;
    public ArrayView<int> Targets;
    public int Classes;
}

internal struct CrossEntropyBackwardArgs
{
    public ArrayView<float> Logits, LogSumExp, DLoss, DLogits;
    public ArrayView<int> Targets;
    public int Classes, Accumulate;
    public float Alpha;
}

/// <summary>Kernels that read token ids.</summary>
internal static class TokenKernels
{
    private const int None = -1;

    // Marks the entry of a row whose id stood in an earlier row: that row's thread adds this one, too.
    private const int Later = int.MinValue;

    /// <summary>y[r, :] = table[ids[r], :].</summary>
    public static void Gather(Index1D i, GatherArgs s) => s.Y[i] = s.Table[(s.Ids[i / s.Columns] * s.Columns) + (i % s.Columns)];

    /// <summary>
    /// Links the rows of each id in their order: next[r] is the next row with r's id or none; entries from Rows on say
    /// whether r is the first of its id. So the sum over an id's rows has a fixed order without a sort or an atomic.
    /// </summary>
    public static void Chain(Index1D i, ChainArgs s)
    {
        int id = s.Ids[i], next = None, first = None;
        for (int r = i + 1; r < s.Rows && next == None; r++)
        {
            if (s.Ids[r] == id) next = r;
        }
        for (int r = 0; r < i && first == None; r++)
        {
            if (s.Ids[r] == id) first = Later;
        }
        s.Next[i] = next;
        s.Next[s.Rows + i] = first;
    }

    /// <summary>dTable[ids[r], :] += Σ dY over the rows of the same id, by the thread of the first of them.</summary>
    public static void Scatter(Index1D i, ScatterArgs s)
    {
        int row = i / s.Columns, column = i % s.Columns, rows = s.Next.IntLength / 2;
        if (s.Next[rows + row] == Later) return;
        int at = (s.Ids[row] * s.Columns) + column;
        float sum = s.DTable[at];
        for (int r = row; r != None; r = s.Next[r]) sum += s.DY[(r * s.Columns) + column];
        s.DTable[at] = sum;
    }

    /// <summary>The loss of one row: one group a row.</summary>
    public static void CrossEntropy(CrossEntropyArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int row = Grid.IdxX, first = row * s.Classes;
        float largest = float.NegativeInfinity, sum = 0;
        for (int i = Group.IdxX; i < s.Classes; i += Group.DimX) largest = s.Logits[first + i] > largest ? s.Logits[first + i] : largest;
        largest = GroupReduction.Max(shared, largest);
        for (int i = Group.IdxX; i < s.Classes; i += Group.DimX) sum += XMath.Exp(s.Logits[first + i] - largest);
        sum = GroupReduction.Sum(shared, sum);
        if (Group.IdxX != 0) return;
        float logSumExp = largest + XMath.Log(sum);
        int target = s.Targets[row];
        s.LogSumExp[row] = logSumExp;
        s.Losses[row] = target < 0 ? 0 : logSumExp - s.Logits[first + target];
    }

    /// <summary>dLogits (+)= alpha·dLoss·(softmax(logits) − onehot(target)).</summary>
    public static void CrossEntropyBackward(Index1D i, CrossEntropyBackwardArgs s)
    {
        int row = i / s.Classes, target = s.Targets[row];
        float value = 0;
        if (target >= 0)
        {
            value = XMath.Exp(s.Logits[i] - s.LogSumExp[row]);
            if (i - (row * s.Classes) == target) value -= 1;
            value *= s.Alpha * s.DLoss[0];
        }
        if (s.Accumulate != 0) value += s.DLogits[i];
        s.DLogits[i] = value;
    }
}
