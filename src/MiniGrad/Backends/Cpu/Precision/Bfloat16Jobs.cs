using System.Runtime.CompilerServices;
using MiniGrad.Randomness;

namespace MiniGrad.Backends.Cpu;

/// <summary>Rounds stochastically to bfloat16: 16 random bits are added to the half that is then dropped. Eight elements share one Philox block.</summary>
internal unsafe struct PackBfloat16Job(RoundingKey key, uint draw, float* x, ushort* packed, long length) : IBlockJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int block, int worker)
    {
        uint* random = stackalloc uint[4];
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += 8)
        {
            (random[0], random[1], random[2], random[3]) = Philox4x32.Block((uint)(i / 8), (uint)(i / 8 >> 32), draw, key.Stream, (uint)key.Seed, (uint)(key.Seed >> 32));
            long last = Math.Min(8, end - i);
            for (int j = 0; j < last; j++)
            {
                uint word = BitConverter.SingleToUInt32Bits(x[i + j]);
                bool finite = (word & 0x7F800000) != 0x7F800000;
                packed[i + j] = (ushort)((finite ? word + ((ushort*)random)[j] : word) >> 16);
            }
        }
        if (end == length && length % 2 == 1) packed[length] = 0;
    }
}
