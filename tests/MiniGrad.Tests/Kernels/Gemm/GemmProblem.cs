using System.Runtime.Intrinsics;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Where the residual of a product comes from.</summary>
public enum ResidualKind
{
    None,
    Separate,

    /// <summary>C itself, overwritten by the result.</summary>
    InPlace,
}

/// <summary>A product to test, with everything that the interface allows to vary.</summary>
public sealed record GemmProblem(int M, int N, int K)
{
    public bool TransposeA { get; init; }

    public bool TransposeB { get; init; }

    public double Alpha { get; init; } = 1;

    public bool Accumulate { get; init; }

    /// <summary>Elements before each operand, so that nothing is aligned.</summary>
    public int Offset { get; init; }

    /// <summary>Elements between the end of a row and the next.</summary>
    public int Gap { get; init; }

    public int Batch { get; init; } = 1;

    /// <summary>Whether all products of the batch share B.</summary>
    public bool SharedB { get; init; }

    public bool Bias { get; init; }

    public Activation Activation { get; init; }

    public bool PreActivation { get; init; }

    public ResidualKind Residual { get; init; }

    public int RowsA => TransposeA ? K : M;

    public int ColumnsA => TransposeA ? M : K;

    public int RowsB => TransposeB ? N : K;

    public int ColumnsB => TransposeB ? K : N;

    /// <summary>The epilogues that are drawn and enumerated.</summary>
    public static IReadOnlyList<Func<GemmProblem, GemmProblem>> Epilogues { get; } =
    [
        p => p,
        p => p with { Alpha = -0.5 },
        p => p with { Bias = true },
        p => p with { Bias = true, Activation = Activation.GeluTanh, PreActivation = true },
        p => p with { Activation = Activation.GeluErf },
        p => p with { Activation = Activation.Silu, Bias = true, PreActivation = true, Alpha = 0.25 },
        p => p with { Residual = ResidualKind.Separate },
        p => p with { Residual = ResidualKind.Separate, Bias = true, Activation = Activation.GeluTanh },
        p => p with { Residual = ResidualKind.InPlace, Accumulate = false, Bias = true },
        p => p with { Residual = ResidualKind.InPlace, Accumulate = false, Activation = Activation.GeluErf },
        p => p with { Residual = ResidualKind.InPlace, Accumulate = false, Activation = Activation.Silu, PreActivation = true },
    ];

    /// <summary>A shape with dimensions from the sizes where kernels change their path; at most one large one without vector hardware.</summary>
    public static GemmProblem Draw(Random random)
    {
        Span<int> sizes = stackalloc int[3];
        int large = 0;
        for (int i = 0; i < 3; i++)
        {
            do
            {
                int pick = random.Next(27);
                sizes[i] = pick < 17 ? pick + 1 : pick < 20 ? pick + 14 : pick < 23 ? pick + 43 : pick < 26 ? pick + 104 : 1000;
            }
            while (sizes[i] >= 127 && large > 0 && !Vector128.IsHardwareAccelerated);
            if (sizes[i] >= 127) large++;
        }
        return new GemmProblem(sizes[0], sizes[1], sizes[2]);
    }
}
