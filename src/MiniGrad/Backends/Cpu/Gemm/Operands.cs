using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Refuses views that are too short: the kernels run on pointers and would read or write foreign memory.</summary>
internal static class Operands
{
    public static void Check(in GemmCall call)
    {
        (int rowsA, int columnsA) = call.TransposeA ? (call.K, call.M) : (call.M, call.K);
        (int rowsB, int columnsB) = call.TransposeB ? (call.N, call.K) : (call.K, call.N);
        Check("A", call.A, rowsA, columnsA, call.LeadingA, call.Batch, call.StrideA);
        Check("B", call.B, rowsB, columnsB, call.LeadingB, call.Batch, call.StrideB);
        Check("C", call.C, call.M, call.N, call.LeadingC, call.Batch, call.StrideC);
        if (!call.Bias.IsEmpty) Check("bias", call.Bias, 1, call.N, call.N, 1, 0);
        if (call.KeepsHalf) CheckHalf(call);
        else if (!call.PreActivation.IsEmpty) Check("pre-activation", call.PreActivation, call.M, call.N, call.LeadingC, call.Batch, call.StrideC);
        if (!call.Residual.IsEmpty) Check("residual", call.Residual, call.M, call.N, call.LeadingC, call.Batch, call.StrideC);
    }

    public static void Check(in SymmetricCall call)
    {
        (int rows, int columns) = call.Transposed ? (call.K, call.N) : (call.N, call.K);
        Check("P", call.P, rows, columns, columns, 1, 0);
        Check("Q", call.Q, rows, columns, columns, 1, 0);
        Check("C", call.C, call.N, call.N, call.N, 1, 0);
        if (!call.D.IsEmpty) Check("D", call.D, call.N, call.N, call.N, 1, 0);
    }

    private static void CheckHalf(in GemmCall call)
    {
        long numbers = (call.M - 1L) * call.LeadingC + call.N;
        if (call.Precision == Precision.Bfloat16 && call.Batch == 1 && call.Residual.IsEmpty && call.PreActivation.Length * 2 >= numbers) return;
        throw new ArgumentException($"gemm: a pre-activation of {numbers} numbers is kept in bfloat16 by one product in bfloat16 without a residual, in half as many elements; its view has {call.PreActivation.Length}");
    }

    private static void Check(string name, BufferView view, int rows, int columns, int leading, int batch, long stride)
    {
        if (rows == 0 || columns == 0) return;
        long needed = (batch - 1) * stride + (rows - 1L) * leading + columns;
        if (leading < columns || view.Length < needed)
        {
            throw new ArgumentException($"gemm: {name} needs {needed} elements for {batch} × ({rows},{columns}) with rows {leading} and products {stride} elements apart; its view has {view.Length}");
        }
    }
}
