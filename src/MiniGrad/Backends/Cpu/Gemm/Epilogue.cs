using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>What happens to finished sums on their way to C: <c>Z = sums + bias + βD (+ diagonal); C = activation(Z) + residual</c>.</summary>
internal static unsafe class Epilogue<TV>
    where TV : unmanaged, ILanes<TV>
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
        switch (product.Activation)
        {
            case Activation.GeluTanh: Activate<GeluTanhFunction>(product, row, column, columns, sums); break;
            case Activation.GeluErf: Activate<GeluErfFunction>(product, row, column, columns, sums); break;
            case Activation.Silu: Activate<SiluFunction>(product, row, column, columns, sums); break;
            default: Finish<Identity>(product, row, column, columns, sums); break;
        }
    }

    private static void Activate<TActivation>(in Product product, int row, int column, int columns, float* sums)
        where TActivation : IUnaryFunction
    {
        if (product.InPairs) FinishRounded<TActivation>(product, row, column, columns, sums);
        else Finish<TActivation>(product, row, column, columns, sums);
    }

    // In bfloat16 the argument of the nonlinearity is rounded, and may be kept so.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FinishRounded<TActivation>(in Product product, int row, int column, int columns, float* sums)
        where TActivation : IUnaryFunction
    {
        nint at = row * product.LeadingC + column;
        float* c = product.C + at, bias = product.Bias, residual = product.Residual;
        float* whole = product.PreActivation == null || product.KeepsHalf ? null : product.PreActivation + at;
        ushort* half = product.KeepsHalf ? (ushort*)product.PreActivation + at : null;
        for (nint x = 0; x < columns; x += TV.Count)
        {
            nint left = columns - x;
            TV z = TV.Load(sums + x, left);
            if (bias != null) z += TV.Load(bias + column + x, left);
            z = TV.ToBfloat16(z);
            if (whole != null) z.Store(whole + x, left);
            if (half != null) z.StoreBfloat16(half + x, left);
            z = TActivation.Value(z);
            if (residual != null) z += TV.Load(residual + at + x, left);
            z.Store(c + x, left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TActivation>(in Product product, int row, int column, int columns, float* sums)
        where TActivation : IUnaryFunction
    {
        nint at = row * product.LeadingC + column;
        float* c = product.C + at, bias = product.Bias, d = product.D, pre = product.PreActivation, residual = product.Residual;
        TV beta = TV.All(product.Beta);
        for (nint x = 0; x < columns; x += TV.Count)
        {
            nint left = columns - x;
            TV z = TV.Load(sums + x, left);
            if (d != null) z = TV.MultiplyAdd(beta, TV.Load(d + at + x, left), z);
            if (bias != null) z += TV.Load(bias + column + x, left);
            if (pre != null) z.Store(pre + at + x, left);
            z = TActivation.Value(z);
            if (residual != null) z += TV.Load(residual + at + x, left);
            z.Store(c + x, left);
        }
    }

    private readonly struct Identity : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Value<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes> => x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Slope<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes> => TLanes.All(1);
    }
}
