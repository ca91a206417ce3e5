using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>What happens to finished sums on their way to C: <c>Z = sums + bias + βD (+ diagonal); C = activation(Z) + residual</c>.</summary>
internal static unsafe class Epilogue<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Finishes part of a row.</summary>
    /// <param name="product">The product.</param>
    /// <param name="row">Row of C.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">The sums; may lie in C itself.</param>
    public static void Row(in Product product, int row, int column, int columns, float* sums)
    {
        if (product.Diagonal != 0 && row >= column && row < column + columns) sums[row - column] += product.Diagonal;
        nint at = row * product.LeadingC + column;
        var operands = new RowOperands
        {
            Sums = sums,
            C = product.C + at,
            Bias = product.Bias == null ? null : product.Bias + column,
            D = product.D == null ? null : product.D + at,
            Beta = product.Beta,
            PreActivation = product.PreActivation == null ? null : product.PreActivation + at,
            Residual = product.Residual == null ? null : product.Residual + at,
        };
        switch (product.Activation)
        {
            case Activation.GeluTanh: Finish<GeluTanh>(operands, columns); break;
            case Activation.GeluErf: Finish<GeluErf>(operands, columns); break;
            case Activation.Silu: Finish<Silu>(operands, columns); break;
            default: Finish<Identity>(operands, columns); break;
        }
    }

    private static void Finish<TActivation>(in RowOperands row, int columns)
        where TActivation : IActivation
    {
        int whole = columns - columns % T.Count;
        Registers<TActivation>(row, whole);
        if (whole == columns) return;

        // The rest of the row takes the same path in a register of its own.
        float* lanes = stackalloc float[6 * T.Count];
        var rest = new RowOperands { Sums = lanes, C = lanes + T.Count, Beta = row.Beta };
        int count = columns - whole;
        Move(row.Sums + whole, rest.Sums, count);
        if (row.Bias != null) Move(row.Bias + whole, rest.Bias = lanes + 2 * T.Count, count);
        if (row.D != null) Move(row.D + whole, rest.D = lanes + 3 * T.Count, count);
        if (row.Residual != null) Move(row.Residual + whole, rest.Residual = lanes + 4 * T.Count, count);
        if (row.PreActivation != null) rest.PreActivation = lanes + 5 * T.Count;
        Registers<TActivation>(rest, T.Count);
        if (row.PreActivation != null) Move(rest.PreActivation, row.PreActivation + whole, count);
        Move(rest.C, row.C + whole, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Registers<TActivation>(in RowOperands row, int columns)
        where TActivation : IActivation
    {
        for (int x = 0; x < columns; x += T.Count)
        {
            T z = T.Load(row.Sums + x);
            if (row.D != null) z = T.MultiplyAdd(T.Broadcast(row.Beta), T.Load(row.D + x), z);
            if (row.Bias != null) z += T.Load(row.Bias + x);
            if (row.PreActivation != null) T.Store(z, row.PreActivation + x);
            z = TActivation.Apply(z);
            if (row.Residual != null) z += T.Load(row.Residual + x);
            T.Store(z, row.C + x);
        }
    }

    private static void Move(float* source, float* destination, int count) => Unsafe.CopyBlockUnaligned(destination, source, (uint)count * sizeof(float));

    private struct RowOperands
    {
        public float* Sums, C, Bias, D, PreActivation, Residual;
        public float Beta;
    }
}
