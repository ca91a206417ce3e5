namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>One product of <see cref="GemmCall"/> or <see cref="SymmetricCall"/> in pointers.</summary>
internal unsafe struct Product
{
    public float* A, B, C;
    public nint LeadingA, LeadingB, LeadingC;
    public int M, N, K;
    public bool TransposeA, TransposeB, Accumulate;
    public float Alpha;

    /// <summary>Whether operands are rounded to bfloat16 and multiplied in pairs.</summary>
    public bool InPairs;

    /// <summary>The epilogue; null where there is none.</summary>
    public float* Bias, PreActivation, Residual;
    public Activation Activation;

    /// <summary>Whether the pre-activation is kept in bfloat16, two numbers in the room of one.</summary>
    public bool KeepsHalf;

    /// <summary>Whether only the upper triangle is computed and the lower one mirrored.</summary>
    public bool Symmetric;

    /// <summary>Terms of a symmetric product: Beta·D + Diagonal·I.</summary>
    public float* D;
    public float Beta, Diagonal;

    /// <summary>Where partial sums over k wait: C, or the pre-activation when C still holds the residual.</summary>
    public float* Sums;

    /// <summary>The longest stretch of k that is summed in registers.</summary>
    public int DepthLimit;

    /// <summary>Floating-point operations.</summary>
    public readonly double Work => (Symmetric ? 1.0 : 2.0) * M * N * K;

    /// <summary>Whether anything happens to an element after it is summed.</summary>
    public readonly bool HasEpilogue => Bias != null || PreActivation != null || Residual != null || Activation != Activation.None || D != null || Diagonal != 0;

    /// <summary>Whether this is a matrix times a vector, with kernels (and an order of summation) of its own.</summary>
    public readonly bool IsVector => M == 1 || (N == 1 && !HasEpilogue);

    /// <summary>Whether the sums can be formed in C itself.</summary>
    public readonly bool SumsInC => Sums == C && Residual != C;

    /// <summary>Decides where partial sums wait.</summary>
    public void PlaceSums()
    {
        DepthLimit = InPairs ? Bfloat16.BlockDepth(K) : Blocking.MaxDepth;
        Sums = C;
        if (Residual == null || Residual != C || K <= DepthLimit) return;
        // C is read as residual when all is summed, so it cannot hold the sums.
        if (PreActivation != null) Sums = PreActivation;
        else if (Activation != Activation.None) DepthLimit = K;
        else
        {
            Accumulate = true;
            Residual = null;
        }
    }

    /// <summary>(op(A)·b)ᵀ = bᵀ·op(A)ᵀ: a single column as a single row. B must be made contiguous by the caller.</summary>
    public readonly Product Transposed()
    {
        Product product = this;
        product.A = B;
        product.B = A;
        (product.M, product.N) = (N, M);
        product.LeadingB = LeadingA;
        product.TransposeB = !TransposeA;
        return product;
    }

    /// <summary>Moves on to the product of another index in the batch.</summary>
    public void Advance(long strideA, long strideB, long strideC)
    {
        A += strideA;
        B += strideB;
        C += strideC;
        Sums += strideC;
        if (PreActivation != null) PreActivation += strideC;
        if (Residual != null) Residual += strideC;
    }
}
