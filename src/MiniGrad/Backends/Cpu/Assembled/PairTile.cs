using System.Runtime.InteropServices;

namespace MiniGrad.Backends.Cpu.Assembled;

/// <summary>
/// What one register tile of a bfloat16 product multiplies. A pair is a word of 32 bits with the steps 2i (lower half) and 2i + 1
/// of k. Machine code reads this struct by the offsets of its fields.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PairTile
{
    /// <summary>First pair of A; row r at pair p is <c>A[r·RowA + p·StepA]</c> with the step of the shape.</summary>
    public uint* A;

    /// <summary>Bytes from one row of A to the next.</summary>
    public nint RowA;

    /// <summary>Packed panel of B: one strip of pairs a step.</summary>
    public uint* B;

    /// <summary>First element of the tile of C.</summary>
    public float* C;

    /// <summary>Bytes from one row of C to the next.</summary>
    public nint RowC;

    /// <summary>Pairs; 0 gives zeros.</summary>
    public nint Pairs;

    /// <summary>Bit i: whether lane i of the last register is wanted.</summary>
    public int Mask;

    /// <summary>1 if the product is added to C, 0 if it replaces it.</summary>
    public int Add;

    /// <summary>Factor of the product.</summary>
    public float Alpha;
}

/// <summary>The shape of a tile, which decides its code.</summary>
/// <param name="Rows">Rows, 1 to 8.</param>
/// <param name="Registers">Width in registers of 16, 1 to 3.</param>
/// <param name="PanelRegisters">Width of B's panel in registers.</param>
/// <param name="Interleaved">Whether the eight rows of A lie side by side in each step, as a transposed A is packed; else a row's pairs are contiguous.</param>
internal readonly record struct PairTileShape(int Rows, int Registers, int PanelRegisters, bool Interleaved)
{
    /// <summary>The most rows of a tile.</summary>
    public const int MaxRows = 8;

    /// <summary>The most registers side by side.</summary>
    public const int MaxRegisters = 3;

    /// <summary>Columns of a register.</summary>
    public const int Lanes = 16;

    /// <summary>Number of shapes, as <see cref="Index"/> counts them.</summary>
    public const int Count = MaxRows * MaxRegisters * MaxRegisters * 2;

    /// <summary>Pairs from one step of A to the next.</summary>
    public int StepA => Interleaved ? MaxRows : 1;

    /// <summary>A number from 0 to <see cref="Count"/> − 1.</summary>
    public int Index => (((Rows - 1) * MaxRegisters + Registers - 1) * MaxRegisters + PanelRegisters - 1) * 2 + (Interleaved ? 1 : 0);
}
