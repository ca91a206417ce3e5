using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A product with a single row: memory decides its speed, so B is read once, in place. A ticket is a block of columns.
/// </summary>
/// <param name="product">A product with M = 1 whose row of A is contiguous.</param>
/// <param name="sums">Room for N sums.</param>
/// <param name="stepC">Elements between columns of C; other than 1 only without an epilogue.</param>
internal readonly unsafe struct VectorJob<TV>(in Product product, float* sums, nint stepC) : IBlockJob
    where TV : unmanaged, ILanes<TV>
{
    private const int BlockColumns = 256;
    private const int RowsAtOnce = 4;

    private readonly Product _product = product;
    private readonly float* _sums = sums;
    private readonly nint _stepC = stepC;

    /// <summary>Tickets.</summary>
    public int Tickets => Blocking.Pieces(_product.N, BlockColumns);

    /// <inheritdoc/>
    public void Run(int block, int worker)
    {
        int column = block * BlockColumns, columns = Math.Min(BlockColumns, _product.N - column);
        float* sums = _sums + column;
        if (_product.TransposeB) Dots(_product.A, _product.B + column * _product.LeadingB, _product.LeadingB, columns, _product.K, sums);
        else SumOfRows(_product.A, _product.B + column, _product.LeadingB, columns, _product.K, sums);

        float* c = _product.C + column * _stepC;
        for (nint x = 0; x < columns; x++) sums[x] = _product.Alpha * sums[x] + (_product.Accumulate ? c[x * _stepC] : 0);
        if (_stepC == 1) Epilogue<TV>.Row(_product, 0, column, columns, sums);
        else for (nint x = 0; x < columns; x++) c[x * _stepC] = sums[x];
    }

    // sums[j] = Σ_p a[p]·b[j, p]: the rows of b are contiguous, four at a time against one load of a.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots(float* a, float* b, nint leading, int rows, int depth, float* sums)
    {
        nint whole = depth - depth % TV.Count;
        for (nint row = 0; row < rows; row += RowsAtOnce)
        {
            // Past the end the last row is repeated and its sum written again.
            nint last = rows - 1, j1 = Math.Min(row + 1, last), j2 = Math.Min(row + 2, last), j3 = Math.Min(row + 3, last);
            float* b0 = b + row * leading, b1 = b + j1 * leading, b2 = b + j2 * leading, b3 = b + j3 * leading;
            TV s0 = default, s1 = default, s2 = default, s3 = default;
            nint p = 0;
            for (; p < whole; p += TV.Count)
            {
                TV factor = TV.Load(a + p);
                s0 = TV.MultiplyAdd(factor, TV.Load(b0 + p), s0);
                s1 = TV.MultiplyAdd(factor, TV.Load(b1 + p), s1);
                s2 = TV.MultiplyAdd(factor, TV.Load(b2 + p), s2);
                s3 = TV.MultiplyAdd(factor, TV.Load(b3 + p), s3);
            }
            float r0 = TV.Sum(s0), r1 = TV.Sum(s1), r2 = TV.Sum(s2), r3 = TV.Sum(s3);
            for (; p < depth; p++)
            {
                r0 += a[p] * b0[p];
                r1 += a[p] * b1[p];
                r2 += a[p] * b2[p];
                r3 += a[p] * b3[p];
            }
            (sums[row], sums[j1], sums[j2], sums[j3]) = (r0, r1, r2, r3);
        }
    }

    // sums[j] = Σ_p a[p]·b[p, j]: whole rows of b stream by, four for each pass over the sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumOfRows(float* a, float* b, nint leading, int columns, int depth, float* sums)
    {
        new Span<float>(sums, columns).Clear();
        nint whole = columns - columns % TV.Count;
        int p = 0;
        for (; p + RowsAtOnce <= depth; p += RowsAtOnce, b += RowsAtOnce * leading)
        {
            float* b1 = b + leading, b2 = b1 + leading, b3 = b2 + leading;
            TV a0 = TV.All(a[p]), a1 = TV.All(a[p + 1]), a2 = TV.All(a[p + 2]), a3 = TV.All(a[p + 3]);
            nint j = 0;
            for (; j < whole; j += TV.Count)
            {
                TV sum = TV.MultiplyAdd(a0, TV.Load(b + j), TV.Load(sums + j));
                sum = TV.MultiplyAdd(a1, TV.Load(b1 + j), sum);
                sum = TV.MultiplyAdd(a2, TV.Load(b2 + j), sum);
                TV.MultiplyAdd(a3, TV.Load(b3 + j), sum).Store(sums + j);
            }
            for (; j < columns; j++) sums[j] = sums[j] + a[p] * b[j] + a[p + 1] * b1[j] + a[p + 2] * b2[j] + a[p + 3] * b3[j];
        }
        for (; p < depth; p++, b += leading)
        {
            for (nint j = 0; j < columns; j++) sums[j] += a[p] * b[j];
        }
    }
}
