using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

internal struct GemmArgs
{
    public Factor A, B;
    public ArrayView<float> C, Bias, PreActivation, Residual;
    public int K, LeadingC, StrideA, StrideB, StrideC;
    public int Accumulate, HasBias, HasPreActivation, HasResidual;
    public float Alpha;
    public Activation Activation;
}

/// <summary>Matrix products with their epilogue: one group a tile of the result, one layer of the grid a product of the batch.</summary>
internal static class GemmKernels
{
    /// <summary>16×16 threads, tiles of 128×128.</summary>
    public static void Gemm16Large(GemmArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(LargeTiledProduct.SharedLength);
        int row0 = Grid.IdxY * LargeTiledProduct.Width, column0 = Grid.IdxX * LargeTiledProduct.Width, batch = Grid.IdxZ;
        s.A.Start += batch * s.StrideA;
        s.B.Start += batch * s.StrideB;
        LargeTile t = LargeTiledProduct.Multiply(shared, s.A, row0, s.B, column0, s.K);
        int row = row0 + (4 * Group.IdxY), column = column0 + (4 * Group.IdxX), first = batch * s.StrideC, below = row + (LargeTiledProduct.Width / 2);
        StoreLarge(s, first, row, column, t.L0, t.H0);
        StoreLarge(s, first, row + 1, column, t.L1, t.H1);
        StoreLarge(s, first, row + 2, column, t.L2, t.H2);
        StoreLarge(s, first, row + 3, column, t.L3, t.H3);
        StoreLarge(s, first, below, column, t.L4, t.H4);
        StoreLarge(s, first, below + 1, column, t.L5, t.H5);
        StoreLarge(s, first, below + 2, column, t.L6, t.H6);
        StoreLarge(s, first, below + 3, column, t.L7, t.H7);
    }

    /// <summary>16×16 threads, tiles of 64×64.</summary>
    public static void Gemm16(GemmArgs s) => Run(16, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 64), s);

    /// <summary>4×4 threads, tiles of 16×16, for devices with small groups.</summary>
    public static void Gemm4(GemmArgs s) => Run(4, SharedMemory.Allocate<float>(2 * TiledProduct.Depth * 16), s);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(int side, ArrayView<float> shared, GemmArgs s)
    {
        int row0 = Grid.IdxY * 4 * side, column0 = Grid.IdxX * 4 * side, batch = Grid.IdxZ;
        s.A.Start += batch * s.StrideA;
        s.B.Start += batch * s.StrideB;
        Tile t = TiledProduct.Multiply(side, shared, s.A, row0, s.B, column0, s.K);
        int row = row0 + Group.IdxY, column = column0 + Group.IdxX, first = batch * s.StrideC;
        StoreRow(side, s, first, row, column, t.C00, t.C01, t.C02, t.C03);
        StoreRow(side, s, first, row + side, column, t.C10, t.C11, t.C12, t.C13);
        StoreRow(side, s, first, row + (2 * side), column, t.C20, t.C21, t.C22, t.C23);
        StoreRow(side, s, first, row + (3 * side), column, t.C30, t.C31, t.C32, t.C33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLarge(GemmArgs s, int first, int row, int column, Four low, Four high)
    {
        StoreRow(1, s, first, row, column, low.X, low.Y, low.Z, low.W);
        StoreRow(1, s, first, row, column + (LargeTiledProduct.Width / 2), high.X, high.Y, high.Z, high.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(int apart, GemmArgs s, int first, int row, int column, float c0, float c1, float c2, float c3)
    {
        if (row >= s.A.Rows) return;
        first += row * s.LeadingC;
        Store(s, first, column, c0);
        Store(s, first, column + apart, c1);
        Store(s, first, column + (2 * apart), c2);
        Store(s, first, column + (3 * apart), c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(GemmArgs s, int first, int column, float product)
    {
        if (column >= s.B.Rows) return;
        int at = first + column;
        float z = s.Alpha * product;
        if (s.Accumulate != 0) z += s.C[at];
        if (s.HasBias != 0) z += s.Bias[column];
        if (s.A.Rounds != 0 && s.Activation != Activation.None) z = Functions.Bfloat16(z);
        if (s.HasPreActivation != 0) s.PreActivation[at] = z;
        z = Functions.Activate(s.Activation, z);
        if (s.HasResidual != 0) z += s.Residual[at];
        s.C[at] = z;
    }
}
