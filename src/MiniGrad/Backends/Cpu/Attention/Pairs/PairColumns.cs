using MiniGrad.Backends.Cpu.Assembled;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu;

/// <summary>Vectors of one size as operands of attention's products in bfloat16: as rows of pairs, and as columns in panels of equal width.</summary>
internal readonly struct PairColumns
{
    // Rows are no power of two apart, so that they do not fall on each other's places in the cache.
    private const int Apart = 16;

    /// <summary>The vectors' layout.</summary>
    /// <param name="size">Elements of a vector.</param>
    public PairColumns(int size)
    {
        Size = size;
        Pairs = (size + 1) / 2;
        Pitch = Pairs + Apart;
        int registers = Blocking.Pieces(size, PairTileShape.Lanes), byThree = Blocking.Pieces(registers, 3), byTwo = Blocking.Pieces(registers, 2);
        Registers = registers == 1 ? 1 : 3 * byThree <= 2 * byTwo ? 3 : 2;
        Panels = Blocking.Pieces(registers, Registers);
    }

    /// <summary>Elements of a vector.</summary>
    public int Size { get; }

    /// <summary>Pairs of a row.</summary>
    public int Pairs { get; }

    /// <summary>Words from one row of pairs to the next.</summary>
    public int Pitch { get; }

    /// <summary>Registers of a panel.</summary>
    public int Registers { get; }

    /// <summary>Panels.</summary>
    public int Panels { get; }

    /// <summary>Columns of a panel.</summary>
    public int Width => Registers * PairTileShape.Lanes;

    /// <summary>Columns of all panels, with the padding.</summary>
    public int Step => Panels * Width;
}
