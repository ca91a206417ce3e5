using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>One bit an element, 1 where it is positive; a block is a whole number of words.</summary>
internal unsafe struct PackSignsJob(float* x, int* words, long length) : IBlockJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int block, int worker)
    {
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i += 32)
        {
            uint word = 0;
            int bits = (int)Math.Min(32, end - i);
            for (int bit = 0; bit < bits; bit++) word |= (x[i + bit] > 0 ? 1u : 0u) << bit;
            words[i / 32] = (int)word;
        }
    }
}

/// <summary>Negates the elements whose bit is 0.</summary>
internal unsafe struct ApplySignsJob(int* words, float* x, long length) : IBlockJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int block, int worker)
    {
        (long i, long end) = Blocks.Range(block, length);
        for (; i < end; i++)
        {
            uint isNegative = ~(uint)words[i / 32] >> (int)(i % 32) & 1;
            x[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x[i]) ^ (isNegative << 31));
        }
    }
}
