namespace MiniGrad.Backends.Cpu;

/// <summary>
/// A register's worth of float32 lanes. A kernel is written once, generic in the width; the compiler makes one specialised
/// version of it for each of <see cref="Lanes16"/>, <see cref="Lanes8"/>, <see cref="Lanes4"/> and <see cref="Lanes1"/>.
/// </summary>
/// <typeparam name="TSelf">The width.</typeparam>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of the tile that a matrix product keeps in registers: 8 where there are 32 registers, 4 where there are 16.</summary>
    static abstract int TileRows { get; }

    /// <summary>The value in every lane.</summary>
    static abstract TSelf All(float value);

    /// <summary>The value at an address in every lane: load and broadcast in one instruction, which <see cref="All"/> of a loaded value is not.</summary>
    static abstract TSelf AllOf(float* source);

    /// <summary>Reads a full register.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Reads as many lanes as there are, at most <paramref name="count"/> ≥ 1; the others get <paramref name="fill"/>, and memory there is not touched.</summary>
    static abstract TSelf Load(float* source, long count, float fill = 0);

    /// <summary>Writes a full register.</summary>
    void Store(float* destination);

    /// <summary>Writes as many lanes as there are, at most <paramref name="count"/> ≥ 1.</summary>
    void Store(float* destination, long count);

    /// <summary>Reads bfloat16 numbers, at most <paramref name="count"/> ≥ 1; the other lanes get 0, and memory there is not touched.</summary>
    static abstract TSelf LoadBfloat16(ushort* source, long count);

    /// <summary>Writes the nearest bfloat16 numbers, as <see cref="Bfloat16.Round"/> rounds, at most <paramref name="count"/> ≥ 1.</summary>
    void StoreBfloat16(ushort* destination, long count);

    /// <summary>The nearest bfloat16 numbers, as <see cref="Bfloat16.Round"/> rounds.</summary>
    static abstract TSelf ToBfloat16(TSelf x);

    /// <summary>Lanewise sum.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Lanewise difference.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Lanewise product.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>Lanewise quotient.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a·b + c, with one rounding where the machine has it.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller one; <paramref name="b"/> when either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger one; <paramref name="b"/> when either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Square root.</summary>
    static abstract TSelf Sqrt(TSelf x);

    /// <summary>Absolute value.</summary>
    static abstract TSelf Abs(TSelf x);

    /// <summary>The nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>x·2ⁿ for integers n from −151 to 129, rounded once.</summary>
    static abstract TSelf TimesPowerOfTwo(TSelf x, TSelf n);

    /// <summary>Natural logarithm.</summary>
    static abstract TSelf Log(TSelf x);

    /// <summary>A mask of the lanes where a &lt; b.</summary>
    static abstract TSelf Less(TSelf a, TSelf b);

    /// <summary>A mask of the lanes where a = b.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>Lanes of <paramref name="yes"/> where the mask is set, of <paramref name="no"/> elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf yes, TSelf no);

    /// <summary>The sum of the lanes, in an order that depends on the width only.</summary>
    static abstract float Sum(TSelf x);

    /// <summary>The largest lane; any of them when one is NaN.</summary>
    static abstract float Largest(TSelf x);
}
