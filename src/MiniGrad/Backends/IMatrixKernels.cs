using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>
/// A (batched) matrix product with its epilogue:
/// <c>Z = alpha·op(A)·op(B) [+ C] + bias; C = activation(Z) + residual</c>. Where the product is made in bfloat16, Z is rounded
/// to it before a nonlinearity, so that its backward pass may keep Z so.
/// op(A) is M×K and op(B) is K×N; stored row-major, transposed or not, with leading dimensions.
/// </summary>
public readonly record struct GemmCall()
{
    /// <summary>Left operand: M×K, or K×M when <see cref="TransposeA"/>.</summary>
    public required BufferView A { get; init; }

    /// <summary>Right operand: K×N, or N×K when <see cref="TransposeB"/>.</summary>
    public required BufferView B { get; init; }

    /// <summary>Result, M×N; overlaps no operand.</summary>
    public required BufferView C { get; init; }

    /// <summary>Rows of the result.</summary>
    public required int M { get; init; }

    /// <summary>Columns of the result.</summary>
    public required int N { get; init; }

    /// <summary>Length of the inner products; 0 gives zeros.</summary>
    public required int K { get; init; }

    /// <summary>Whether A is stored K×M.</summary>
    public bool TransposeA { get; init; }

    /// <summary>Whether B is stored N×K.</summary>
    public bool TransposeB { get; init; }

    /// <summary>Elements between rows of A as stored.</summary>
    public required int LeadingA { get; init; }

    /// <summary>Elements between rows of B as stored.</summary>
    public required int LeadingB { get; init; }

    /// <summary>Elements between rows of C (and of the pre-activation and residual).</summary>
    public required int LeadingC { get; init; }

    /// <summary>How many products; operands advance by their strides.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Elements between the A of one product and the next; 0 shares it.</summary>
    public long StrideA { get; init; }

    /// <summary>Elements between the B of one product and the next; 0 shares it.</summary>
    public long StrideB { get; init; }

    /// <summary>Elements between the C of one product and the next.</summary>
    public long StrideC { get; init; }

    /// <summary>Factor of the product.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Whether the product is added to C.</summary>
    public bool Accumulate { get; init; }

    /// <summary>N elements added to every row before the activation, or empty.</summary>
    public BufferView Bias { get; init; }

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; }

    /// <summary>Where Z is stored for the backward pass (laid out as C), or empty.</summary>
    public BufferView PreActivation { get; init; }

    /// <summary>Whether Z is stored in bfloat16, two numbers an element: in that precision, on a back end with <see cref="IBfloat16Storage"/>.</summary>
    internal bool KeepsHalf { get; init; }

    /// <summary>Added after the activation (laid out as C; may be C's own view only when not accumulating), or empty.</summary>
    public BufferView Residual { get; init; }

    /// <summary>What A and B are rounded to before they are multiplied.</summary>
    public Precision Precision { get; init; }

    /// <summary>The product of contiguous operands, <c>C (+)= op(A)·op(B)</c>, op(A) of size m×k and op(B) of size k×n, for each product of a batch.</summary>
    /// <param name="a">Left operand: m×k, or k×m when transposed.</param>
    /// <param name="transposeA">Whether it is stored transposed.</param>
    /// <param name="b">Right operand: k×n, or n×k when transposed.</param>
    /// <param name="transposeB">Whether it is stored transposed.</param>
    /// <param name="c">Result, m×n.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Length of the inner products.</param>
    /// <param name="accumulate">Whether the product is added to C.</param>
    /// <param name="batch">How many products, one behind the other in all three.</param>
    public static GemmCall Dense(BufferView a, bool transposeA, BufferView b, bool transposeB, BufferView c, int m, int n, int k, bool accumulate = false, int batch = 1) => new()
    {
        A = a,
        B = b,
        C = c,
        M = m,
        N = n,
        K = k,
        TransposeA = transposeA,
        TransposeB = transposeB,
        LeadingA = transposeA ? m : k,
        LeadingB = transposeB ? k : n,
        LeadingC = n,
        Batch = batch,
        StrideA = (long)m * k,
        StrideB = (long)k * n,
        StrideC = (long)m * n,
        Accumulate = accumulate,
    };
}

/// <summary>
/// A product that is known to be symmetric: <c>C = alpha·P·Qᵀ + beta·D + diagonal·I</c>, with P and Q of size N×K and
/// C, D of size N×N, all contiguous; or <c>alpha·Pᵀ·Q + …</c> with P and Q of size K×N when <see cref="Transposed"/>. Only one triangle is computed; the other is its mirror image. P = Q makes a syrk;
/// Newton–Schulz' <c>aI + bA + cA²</c> is P = Q = D = A.
/// </summary>
public readonly record struct SymmetricCall()
{
    /// <summary>Left operand, N×K; K×N when <see cref="Transposed"/>.</summary>
    public required BufferView P { get; init; }

    /// <summary>Right operand, N×K, or K×N when <see cref="Transposed"/>; the product must be symmetric.</summary>
    public required BufferView Q { get; init; }

    /// <summary>Result, N×N; overlaps no operand.</summary>
    public required BufferView C { get; init; }

    /// <summary>Size of the result.</summary>
    public required int N { get; init; }

    /// <summary>Length of the inner products.</summary>
    public required int K { get; init; }

    /// <summary>Whether P and Q are stored K×N, so that the product is PᵀQ.</summary>
    public bool Transposed { get; init; }

    /// <summary>Factor of the product.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Symmetric N×N matrix to add, or empty.</summary>
    public BufferView D { get; init; }

    /// <summary>Factor of D.</summary>
    public double Beta { get; init; }

    /// <summary>Added on the diagonal.</summary>
    public double Diagonal { get; init; }

    /// <summary>What P and Q are rounded to before they are multiplied.</summary>
    public Precision Precision { get; init; }
}

/// <summary>Matrix products.</summary>
public interface IMatrixKernels
{
    /// <summary>Whether products can round their operands so; float32 everywhere.</summary>
    /// <param name="precision">What operands are rounded to.</param>
    bool Supports(Precision precision) => precision == Precision.Float32;

    /// <summary>A matrix product with its epilogue.</summary>
    /// <param name="call">Operands, sizes and epilogue.</param>
    void Gemm(in GemmCall call);

    /// <summary>A product that is known to be symmetric.</summary>
    /// <param name="call">Operands, sizes and terms to add.</param>
    void SymmetricProduct(in SymmetricCall call);

    /// <summary>Symmetric products of equal sizes: every operand of the call is that of the first product, with those of the others behind it.</summary>
    /// <param name="count">How many.</param>
    /// <param name="call">Operands, sizes and terms to add.</param>
    void SymmetricProducts(int count, in SymmetricCall call)
    {
        long operand = (long)call.N * call.K, square = (long)call.N * call.N;
        for (int i = 0; i < count; i++)
        {
            SymmetricProduct(call with
            {
                P = call.P.Slice(i * operand, operand),
                Q = call.Q.Slice(i * operand, operand),
                C = call.C.Slice(i * square, square),
                D = call.D.IsEmpty ? default : call.D.Slice(i * square, square),
            });
        }
    }
}
