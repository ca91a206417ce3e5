using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Rounds to bfloat16 and back, in place: half of the last kept bit is added (and the bit itself, for ties to even), and the lower half dropped.</summary>
internal unsafe struct RoundBfloat16Job(float* x, long length) : IBlockJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int block, int worker)
    {
        (long start, long end) = Blocks.Range(block, length);
        foreach (ref uint word in MemoryMarshal.Cast<float, uint>(new Span<float>(x + start, (int)(end - start)))) word = Nearest(word);
    }

    /// <summary>The nearest pattern whose lower half is 0. What is not finite stays so.</summary>
    private static uint Nearest(uint word)
    {
        bool finite = (word & 0x7F800000) != 0x7F800000, isNaN = !finite && (word & 0x007FFFFF) != 0;
        if (isNaN) return word | 0x00400000;
        return finite ? (word + 0x7FFF + ((word >> 16) & 1)) & 0xFFFF0000 : word;
    }
}
