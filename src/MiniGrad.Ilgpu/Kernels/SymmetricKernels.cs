using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

internal struct SymmetricArgs
{
    public Factor P, Q;
    public ArrayView<float> C, D;
    public int N, K, Tiles, HasD;
    public float Alpha, Beta, Diagonal;
}

/// <summary>Products that are known to be symmetric: one group a tile on or below the diagonal, which it stores twice; the products of a batch lie one behind the other.</summary>
internal static class SymmetricKernels
{
    /// <summary>16×16 threads, tiles of 128×128.</summary>
    public static void Symmetric16Large(SymmetricArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(LargeTiledProduct.SharedLength);
        int product = Grid.IdxX / s.Tiles, square = product * s.N * s.N, tile = Grid.IdxX % s.Tiles, i = RowOf(tile), j = tile - (i * (i + 1) / 2);
        s.P.Start = s.Q.Start = product * s.N * s.K;
        LargeTile t = LargeTiledProduct.Multiply(shared, s.P, i * LargeTiledProduct.Width, s.Q, j * LargeTiledProduct.Width, s.K);
        int row = (i * LargeTiledProduct.Width) + (4 * Group.IdxY), column = (j * LargeTiledProduct.Width) + (4 * Group.IdxX), below = row + (LargeTiledProduct.Width / 2);
        StoreLarge(s, square, row, column, t.L0, t.H0);
        StoreLarge(s, square, row + 1, column, t.L1, t.H1);
        StoreLarge(s, square, row + 2, column, t.L2, t.H2);
        StoreLarge(s, square, row + 3, column, t.L3, t.H3);
        StoreLarge(s, square, below, column, t.L4, t.H4);
        StoreLarge(s, square, below + 1, column, t.L5, t.H5);
        StoreLarge(s, square, below + 2, column, t.L6, t.H6);
        StoreLarge(s, square, below + 3, column, t.L7, t.H7);
    }

    /// <summary>16×16 threads, tiles of 64×64.</summary>
    public static void Symmetric16(SymmetricArgs s) => Run(16, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 64), s);

    /// <summary>4×4 threads, tiles of 16×16.</summary>
    public static void Symmetric4(SymmetricArgs s) => Run(4, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 16), s);

    /// <summary>Symmetric16Large, of several strands.</summary>
    public static void Symmetric16LargeTogether(Sixteen<SymmetricArgs> s)
    {
        if (Grid.IdxX < Sixteen<SymmetricArgs>.Count(s)) Symmetric16Large(Sixteen<SymmetricArgs>.Mine(s));
    }

    /// <summary>Symmetric16, of several strands.</summary>
    public static void Symmetric16Together(Sixteen<SymmetricArgs> s)
    {
        if (Grid.IdxX < Sixteen<SymmetricArgs>.Count(s)) Symmetric16(Sixteen<SymmetricArgs>.Mine(s));
    }

    /// <summary>Symmetric4, of several strands.</summary>
    public static void Symmetric4Together(Sixteen<SymmetricArgs> s)
    {
        if (Grid.IdxX < Sixteen<SymmetricArgs>.Count(s)) Symmetric4(Sixteen<SymmetricArgs>.Mine(s));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(int side, ArrayView<float> shared, SymmetricArgs s)
    {
        int product = Grid.IdxX / s.Tiles, square = product * s.N * s.N, tile = Grid.IdxX % s.Tiles, i = RowOf(tile), j = tile - (i * (i + 1) / 2);
        s.P.Start = s.Q.Start = product * s.N * s.K;
        Tile t = TiledProduct.Multiply(side, shared, s.P, i * 4 * side, s.Q, j * 4 * side, s.K);
        int row = (i * 4 * side) + Group.IdxY, column = (j * 4 * side) + Group.IdxX;
        StoreRow(side, s, square, row, column, t.C00, t.C01, t.C02, t.C03);
        StoreRow(side, s, square, row + side, column, t.C10, t.C11, t.C12, t.C13);
        StoreRow(side, s, square, row + (2 * side), column, t.C20, t.C21, t.C22, t.C23);
        StoreRow(side, s, square, row + (3 * side), column, t.C30, t.C31, t.C32, t.C33);
    }

    // Tile g of a product is (i, j) with i(i+1)/2 + j = g and j ≤ i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowOf(int tile)
    {
        int i = 0;
        while (tile > i)
        {
            i++;
            tile -= i;
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLarge(SymmetricArgs s, int square, int row, int column, Four low, Four high)
    {
        StoreRow(1, s, square, row, column, low.X, low.Y, low.Z, low.W);
        StoreRow(1, s, square, row, column + (LargeTiledProduct.Width / 2), high.X, high.Y, high.Z, high.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(int apart, SymmetricArgs s, int square, int row, int column, float c0, float c1, float c2, float c3)
    {
        if (row >= s.N) return;
        Store(s, square, row, column, c0);
        Store(s, square, row, column + apart, c1);
        Store(s, square, row, column + (2 * apart), c2);
        Store(s, square, row, column + (3 * apart), c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(SymmetricArgs s, int square, int row, int column, float product)
    {
        if (column > row) return;
        float value = s.Alpha * product;
        if (s.HasD != 0) value += s.Beta * s.D[square + (row * s.N) + column];
        if (row == column) value += s.Diagonal;
        s.C[square + (row * s.N) + column] = value;
        s.C[square + (column * s.N) + row] = value;
    }
}
