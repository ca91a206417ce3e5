using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>The k experts of each token, as a mask and as indices in ascending order.</summary>
internal readonly unsafe struct SelectExpertsJob(in ExpertSizes sizes, float* scores, float* bias, float* mask, ExpertPlan plan) : IBlockJob
{
    private readonly ExpertSizes _sizes = sizes;

    /// <inheritdoc/>
    public void Run(int block, int worker)
    {
        (long token, long end) = Blocks.Range(block, _sizes.Tokens, Blocks.Rows(_sizes.Experts));
        for (; token < end; token++)
        {
            float* score = scores + token * _sizes.Experts, chosen = mask + token * _sizes.Experts;
            new Span<float>(chosen, _sizes.Experts).Clear();
            for (int i = 0; i < _sizes.TopK; i++) chosen[Best(score, chosen)] = 1;
            int* experts = plan.ExpertOf + token * _sizes.TopK;
            for (int e = 0; e < _sizes.Experts; e++)
            {
                if (chosen[e] != 0) *experts++ = e;
            }
        }
    }

    // The first of the largest; with NaN among them some expert, so that there are always k.
    private int Best(float* score, float* chosen)
    {
        int best = -1;
        float largest = 0;
        for (int e = 0; e < _sizes.Experts; e++)
        {
            float value = score[e] + bias[e];
            if (chosen[e] == 0 && (best < 0 || value > largest)) (best, largest) = (e, value);
        }
        return best;
    }
}

/// <summary><c>dX[n, :] (+)= Σ dRows[r, :]</c> over the token's rows, in the order of their experts.</summary>
internal readonly unsafe struct DispatchBackwardJob(int tokens, int topK, int columns, int* rowOf, float* dRows, float* dX, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long token, long end) = Blocks.Range(block, tokens, Blocks.Rows(columns));
        for (; token < end; token++)
        {
            int* rows = rowOf + token * topK;
            float* to = dX + token * columns;
            for (long i = 0, n = columns; i < n; i += TV.Count)
            {
                TV sum = accumulate ? TV.Load(to + i, n - i) : TV.All(0);
                for (int j = 0; j < topK; j++) sum += TV.Load(dRows + (long)rows[j] * n + i, n - i);
                sum.Store(to + i, n - i);
            }
        }
    }
}

/// <summary><c>y[n, :] (+)= Σ gates[n, e]·rows[r, :]</c> over the token's rows, in the order of their experts.</summary>
internal readonly unsafe struct CombineJob(in ExpertSizes sizes, int columns, ExpertPlan plan, float* gates, float* rows, float* y, bool accumulate) : ISimdJob
{
    private readonly ExpertSizes _sizes = sizes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long token, long end) = Blocks.Range(block, _sizes.Tokens, Blocks.Rows(columns));
        for (; token < end; token++)
        {
            int* row = plan.RowOf + token * _sizes.TopK, expert = plan.ExpertOf + token * _sizes.TopK;
            float* gate = gates + token * _sizes.Experts, to = y + token * columns;
            for (long i = 0, n = columns; i < n; i += TV.Count)
            {
                TV sum = accumulate ? TV.Load(to + i, n - i) : TV.All(0);
                for (int j = 0; j < _sizes.TopK; j++) sum = TV.MultiplyAdd(TV.All(gate[expert[j]]), TV.Load(rows + (long)row[j] * n + i, n - i), sum);
                sum.Store(to + i, n - i);
            }
        }
    }
}

/// <summary><c>dRows[r, :] = gates[n, e]·dY[n, :]</c>, <c>dGates[n, e] = ⟨rows[r, :], dY[n, :]⟩</c>, 0 where an expert was not chosen.</summary>
internal readonly unsafe struct CombineBackwardJob(in ExpertSizes sizes, int columns, ExpertPlan plan, float* gates, float* rows, float* dY, float* dRows, float* dGates) : ISimdJob
{
    private readonly ExpertSizes _sizes = sizes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long token, long end) = Blocks.Range(block, _sizes.Tokens, Blocks.Rows(columns));
        for (; token < end; token++)
        {
            float* from = dY + token * columns, gate = gates + token * _sizes.Experts, toGate = dGates + token * _sizes.Experts;
            new Span<float>(toGate, _sizes.Experts).Clear();
            for (int j = 0; j < _sizes.TopK; j++)
            {
                int expert = plan.ExpertOf[token * _sizes.TopK + j];
                long row = plan.RowOf[token * _sizes.TopK + j];
                TV factor = TV.All(gate[expert]);
                float* to = dRows + row * columns;
                toGate[expert] = Rows.Dot<TV>(rows + row * columns, from, columns);
                for (long i = 0, n = columns; i < n; i += TV.Count) (factor * TV.Load(from + i, n - i)).Store(to + i, n - i);
            }
        }
    }
}
