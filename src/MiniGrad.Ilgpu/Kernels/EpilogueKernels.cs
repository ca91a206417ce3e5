using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

internal struct EpilogueArgs
{
    public ArrayView<float> C, Bias, PreActivation, Residual;
    public int Rows, Columns, LeadingC, StrideC;
    public int HasBias, HasPreActivation, HasResidual, RoundsPreActivation;
    public Activation Activation;
}

internal struct AddendArgs
{
    public ArrayView<float> C, D;
    public int N;
    public float Beta, Diagonal;
}

/// <summary>What a product of another library lacks.</summary>
internal static class EpilogueKernels
{
    /// <summary>Z = C + bias; C = activation(Z) + residual, for every row of every product of a batch.</summary>
    public static void Epilogue(Index1D i, EpilogueArgs s)
    {
        int column = i % s.Columns, row = i / s.Columns, at = (row / s.Rows * s.StrideC) + (row % s.Rows * s.LeadingC) + column;
        float z = s.C[at];
        if (s.HasBias != 0) z += s.Bias[column];
        if (s.RoundsPreActivation != 0) z = Functions.Bfloat16(z);
        if (s.HasPreActivation != 0) s.PreActivation[at] = z;
        z = Functions.Activate(s.Activation, z);
        if (s.HasResidual != 0) z += s.Residual[at];
        s.C[at] = z;
    }

    /// <summary>C = beta·D + diagonal·I for N×N matrices that lie one behind the other; D is not read with beta 0.</summary>
    public static void Addend(Index1D i, AddendArgs s)
    {
        int inside = i % (s.N * s.N);
        float value = inside / s.N == inside % s.N ? s.Diagonal : 0f;
        if (s.Beta != 0) value += s.Beta * s.D[i];
        s.C[i] = value;
    }
}
