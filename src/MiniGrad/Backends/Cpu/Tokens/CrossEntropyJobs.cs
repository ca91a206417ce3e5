using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Losses and log-sum-exps, row by row.</summary>
internal unsafe struct CrossEntropyJob(int rows, int classes, float* logits, int* targets, float* losses, float* logSumExp) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(classes));
        for (; row < end; row++)
        {
            float* scores = logits + row * classes;
            float largest = Rows.Largest<TV>(scores, classes);
            double excess = Math.Log(Rows.SumExp<TV>(scores, classes, largest));
            logSumExp[row] = (float)(largest + excess);
            losses[row] = targets[row] < 0 ? 0 : (float)((double)largest - scores[targets[row]] + excess);
        }
    }
}

/// <summary><c>dLogits (+)= factor·(softmax(logits) − onehot(target))</c>, row by row.</summary>
internal unsafe struct CrossEntropyBackwardJob(int rows, int classes, float factor, float* logits, int* targets, float* logSumExp, float* dLogits, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(classes));
        for (; row < end; row++)
        {
            float* to = dLogits + row * classes;
            if (targets[row] >= 0) Gradient<TV>(logits + row * classes, to, logSumExp[row], targets[row]);
            else if (!accumulate) new Span<float>(to, classes).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gradient<TV>(float* scores, float* to, float lse, int target) where TV : unmanaged, ILanes<TV>
    {
        bool adds = accumulate;
        // The target's own entry is computed before its logit may be overwritten.
        float own = factor * (MathF.Exp(scores[target] - lse) - 1) + (adds ? to[target] : 0);
        TV shift = TV.All(lse), f = TV.All(factor);
        for (long i = 0, n = classes; i < n; i += TV.Count)
        {
            TV d = SimdMath.Exp(TV.Load(scores + i, n - i) - shift) * f;
            if (adds) d += TV.Load(to + i, n - i);
            d.Store(to + i, n - i);
        }
        to[target] = own;
    }
}
