using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad;

/// <summary>
/// Newton–Schulz: X ← X/ν, then <c>A = XXᵀ; B = aI + bA + cA²; X ← BX</c> a number of times, which takes every singular
/// value σ to p(σ/ν) and leaves the singular vectors alone. A and B are symmetric, so only one triangle of each is
/// computed. A tall matrix is worked through its transpose. Zero stays zero. Wide and tall ones go through their Gram matrix, as they are stored (see <see cref="NewtonSchulzForm"/>).
/// </summary>
/// <param name="Coefficients">The polynomials.</param>
/// <param name="Steps">Number of iterations.</param>
/// <param name="Normalization">How ν is made from the Frobenius norm.</param>
/// <param name="Epsilon">ε of the normalization.</param>
/// <param name="Precision">Precision of the products.</param>
public sealed record NewtonSchulz(CoefficientSet Coefficients, int Steps, Normalization Normalization = Normalization.Add, double Epsilon = 1e-7, OrthogonalizerPrecision Precision = OrthogonalizerPrecision.Float32) : Orthogonalizer
{
    /// <summary>Five steps with Jordan's coefficients.</summary>
    public NewtonSchulz() : this(CoefficientSets.Jordan, 5)
    {
    }

    /// <summary>How it is computed; always plain where bfloat16 is emulated.</summary>
    public NewtonSchulzForm Form { get; init; }

    /// <inheritdoc/>
    public override string Formula => $"O = NS(U): X = U/{InputNormalization.Divisor(Normalization, Epsilon)}; {Steps} × (A = XXᵀ; X ← (aI + bA + cA²)X), coefficients {Coefficients.Name}{(Precision == OrthogonalizerPrecision.Bfloat16 ? ", the operands of every product rounded to bfloat16" : "")}";

    /// <inheritdoc/>
    public override void Apply(ComputeContext context, int rows, int columns, BufferView input, BufferView result) => ApplyBatch(context, 1, rows, columns, input, result);

    /// <inheritdoc/>
    /// <remarks>Every kernel works on all matrices of the batch.</remarks>
    public override void ApplyBatch(ComputeContext context, int count, int rows, int columns, BufferView input, BufferView result)
    {
        IBackend backend = context.Backend;
        TensorArena arena = context.Arena;
        bool tall = rows > columns;
        int m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        BufferView other = arena.Allocate(input.Length);

        Precision products = Precision == OrthogonalizerPrecision.Bfloat16 ? MiniGrad.Precision.Bfloat16 : MiniGrad.Precision.Float32;
        bool emulated = products == MiniGrad.Precision.Bfloat16 && Bfloat16NewtonSchulz.IsNeeded(backend), gram = !emulated && ThroughGram(m, n);
        int moves = gram ? 1 + GramNewtonSchulz.Restarts(Coefficients, Steps, backend.RealSize, products) : Steps;

        // The two places change roles with every product. The last one leaves its result where it is wanted; only
        // emulated bfloat16 leaves that of a tall matrix in the workspace, as its transpose.
        bool startInResult = (moves % 2 == 0) != (emulated && tall);
        (BufferView x, BufferView next) = startInResult ? (result, other) : (other, result);
        InputNormalization.Apply(context, Normalization, Epsilon, count, rows, columns, transpose: tall && !gram, input, x);
        if (gram) GramNewtonSchulz.Iterate(context, Coefficients, Steps, count, m, n, x, next, tall, products);
        else if (!emulated) Iterate(context, count, m, n, x, next, tall, products);
        else if (Bfloat16NewtonSchulz.Iterate(context, Coefficients, Steps, count, m, n, x, next) is var wide && tall) InputNormalization.Transpose(backend, count, m, n, wide, result);

        arena.Release(other);
        context.Counters.NewtonSchulzIterations += (long)Steps * count;
        context.Counters.MatricesOrthogonalized += count;
    }

    private bool ThroughGram(int m, int n) => Form == NewtonSchulzForm.Auto ? GramNewtonSchulz.Pays(m, n) : Form == NewtonSchulzForm.Gram;

    private void Iterate(ComputeContext context, int count, int m, int n, BufferView x, BufferView next, bool tall, Precision precision)
    {
        IBackend backend = context.Backend;
        long square = (long)m * m, whole = (long)m * n;
        BufferView gram = context.Arena.Allocate(count * square), polynomial = context.Arena.Allocate(count * square);
        for (int step = 0; step < Steps; step++)
        {
            (double a, double b, double c) = Coefficients.At(step);
            backend.SymmetricProducts(count, new SymmetricCall { P = x, Q = x, C = gram, N = m, K = n, Precision = precision });
            backend.SymmetricProducts(count, new SymmetricCall { P = gram, Q = gram, C = polynomial, N = m, K = m, Alpha = c, D = gram, Beta = b, Diagonal = a, Precision = precision });
            // The last product of a tall matrix is (BX)ᵀ = XᵀB, which needs no transposition afterwards.
            if (tall && step + 1 == Steps) backend.Gemm(new GemmCall { A = x, B = polynomial, C = next, M = n, N = m, K = m, TransposeA = true, LeadingA = n, LeadingB = m, LeadingC = m, Batch = count, StrideA = whole, StrideB = square, StrideC = whole, Precision = precision });
            else backend.Gemm(new GemmCall { A = polynomial, B = x, C = next, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n, Batch = count, StrideA = square, StrideB = whole, StrideC = whole, Precision = precision });
            (x, next) = (next, x);
        }
        context.Arena.Release(polynomial);
        context.Arena.Release(gram);
    }
}
