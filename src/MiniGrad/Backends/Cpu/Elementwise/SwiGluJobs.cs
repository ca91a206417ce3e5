using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary><c>y = silu(gate) ⊙ up</c>, row by row.</summary>
internal unsafe struct SwiGluJob(int rows, int columns, int leading, float* gate, float* up, float* y) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++)
        {
            float* g = gate + row * leading, u = up + row * leading, to = y + row * columns;
            for (long i = 0, n = columns; i < n; i += TV.Count) (SiluFunction.Value(TV.Load(g + i, n - i)) * TV.Load(u + i, n - i)).Store(to + i, n - i);
        }
    }
}

/// <summary><c>dGate (+)= dY ⊙ up ⊙ silu′(gate)</c>, <c>dUp (+)= dY ⊙ silu(gate)</c>, row by row.</summary>
internal unsafe struct SwiGluBackwardJob(int rows, int columns, int leading, float* gate, float* up, float* dY, float* dGate, float* dUp, bool accumulate) : ISimdJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>
    {
        bool adds = accumulate;
        (long row, long end) = Blocks.Range(block, rows, Blocks.Rows(columns));
        for (; row < end; row++)
        {
            float* g = gate + row * leading, u = up + row * leading, upper = dY + row * columns, toGate = dGate + row * leading, toUp = dUp + row * leading;
            for (long i = 0, n = columns; i < n; i += TV.Count)
            {
                TV x = TV.Load(g + i, n - i), d = TV.Load(upper + i, n - i), s = SimdMath.Sigmoid(x), silu = x * s;
                TV forGate = d * TV.Load(u + i, n - i) * TV.MultiplyAdd(silu, TV.All(1) - s, s), forUp = d * silu;
                if (adds)
                {
                    forGate += TV.Load(toGate + i, n - i);
                    forUp += TV.Load(toUp + i, n - i);
                }
                forGate.Store(toGate + i, n - i);
                forUp.Store(toUp + i, n - i);
            }
        }
    }
}
