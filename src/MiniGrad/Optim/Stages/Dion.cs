using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad;

/// <summary>
/// Orthonormal updates of low rank r (Dion, Ahn et al. 2025, arXiv 2504.05295, Algorithm 1; microsoft/dion 6e2c58d, dion/dion_simple.py):
/// one round of power iteration finds the r largest directions of the momentum, they alone are stepped along, and the momentum keeps what
/// was left out. <c>M ← M + G; P = orth(MQ); R = MᵀP; M ← M − (1−μ)PRᵀ; Q ← R/(‖R‖ + ε)</c>, by columns; <c>u = PQᵀ</c>.
/// </summary>
/// <remarks>
/// Where the source draws the first Q from a normal distribution, it is the first r cosines here, so that no seed decides; a column for
/// which R is zero keeps its old direction.
/// </remarks>
/// <param name="Beta">μ.</param>
/// <param name="Rank">r; where a matrix is smaller, its shorter side.</param>
/// <param name="Epsilon">ε.</param>
public sealed record Dion(double Beta = 0.95, int Rank = 768, double Epsilon = 1e-8) : Stage
{
    /// <inheritdoc/>
    public override bool ForMatrices => true;

    /// <inheritdoc/>
    public override string Formula => $"M ← M + G; P = orth(MQ); R = MᵀP; M ← M − (1−μ)PRᵀ; Q ← R/(‖R‖ + {Epsilon}), by columns; u = PQᵀ, rank {Rank}, μ = {Beta}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter)
    {
        (int rows, int columns) = SizesOf(parameter);
        return [new("momentum", parameter), new("basis", [RankOf(rows, columns), columns])];
    }

    /// <inheritdoc/>
    public override bool Begin(StageContext context)
    {
        int rank = RankOf(context.Rows, context.Columns);
        var values = new double[(long)rank * context.Columns];
        for (int i = 0; i < values.Length; i++) values[i] = Math.Cos(Math.PI * (i / context.Columns) * ((i % context.Columns) + 0.5) / context.Columns);
        context.Backend.Upload(context.State(1), values);
        return true;
    }

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        (int m, int n) = (context.Rows, context.Columns);
        int rank = RankOf(m, n);
        // Bases are kept as rows: P is r×m here, Q and R are r×n.
        BufferView momentum = context.State(0), basis = context.State(1);
        BufferView p = context.Scratch((long)rank * m), r = context.Scratch((long)rank * n), update = context.Scratch((long)m * n);
        backend.Axpby(1, context.GradientScale, context.Gradient, 1, momentum, momentum, context.Gate);
        backend.Gemm(GemmCall.Dense(basis, false, momentum, true, p, rank, m, n));
        GramSchmidt.Orthonormalize(context, rank, m, p);
        backend.Gemm(GemmCall.Dense(p, false, momentum, false, r, rank, n, m));
        backend.Gemm(GemmCall.Dense(p, true, r, false, update, m, n, rank));
        backend.Axpby(Beta - 1, default, update, 1, momentum, momentum, context.Gate);
        Normalize(context, rank, r, basis);
        backend.Gemm(GemmCall.Dense(p, true, r, false, update, m, n, rank));
        backend.Axpby(1, default, r, 0, default, basis, context.Gate);
        context.Replace(update);
    }

    /// <summary>Divides every row by its norm plus ε, and puts the old one in the place of a row of zeros.</summary>
    private void Normalize(StageContext context, int rank, BufferView rows, BufferView old)
    {
        IBackend backend = context.Backend;
        BufferView norms = context.Scratch(rank), isZero = context.Scratch(rank), kept = context.Scratch(rows.Length);
        backend.Norms(rank, rows, norms);
        backend.Unary(UnaryOperation.Sign, norms, isZero);
        backend.Scalars(ScalarOperation.Affine, -1, 1, isZero, isZero);
        backend.Scalars(ScalarOperation.DivideAdd, 1, Epsilon, norms, norms);
        backend.ScaleEach(norms, rows, rows);
        backend.ScaleEach(isZero, old, kept);
        backend.Axpby(1, default, kept, 1, rows, rows, default);
    }

    private static (int Rows, int Columns) SizesOf(Shape parameter)
    {
        int rows = parameter.Rank >= 2 ? parameter[0] : 1;
        return (rows, (int)(parameter.Count / Math.Max(1, rows)));
    }

    private int RankOf(int rows, int columns) => Math.Max(1, Math.Min(Rank, Math.Min(rows, columns)));
}
