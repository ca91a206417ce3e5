using System.Buffers;
using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad;

/// <summary>
/// Adam in the eigenbases of Shampoo's preconditioners (SOAP, Vyas et al. 2024, arXiv 2409.11321; nikhilvyas/SOAP f42d296, soap.py):
/// <c>L ← βL + (1−β)GGᵀ; R ← βR + (1−β)GᵀG</c>, their eigenvectors Q_L and Q_R, and <c>u = Q_L Adam(Q_LᵀGQ_R) Q_Rᵀ</c>. The first gradient makes
/// the bases and takes no step; every f steps one round of power iteration and a QR decomposition follow L and R.
/// </summary>
/// <remarks>
/// The bases are computed on the host, in float64; the rest is the back end's. The momentum is kept in the weight's own space, which is the same,
/// and L and R for every matrix, whatever its sides.
/// </remarks>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂, also of L and R.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Frequency">f.</param>
public sealed record Soap(double Beta1 = 0.95, double Beta2 = 0.95, double Epsilon = 1e-8, int Frequency = 10) : Stage
{
    /// <inheritdoc/>
    public override bool ForMatrices => true;

    /// <inheritdoc/>
    public override string? HostMemoryReason => "stage 'soap' follows eigenvectors on the host; use 'dion' or 'muon' there";

    /// <inheritdoc/>
    public override string Formula => $"L ← β₂L + (1−β₂)GGᵀ, R alike; u = Q_L·Adam(Q_LᵀGQ_R)·Q_Rᵀ, Q the eigenvectors, followed every {Frequency} steps; β₁ = {Beta1}, β₂ = {Beta2}, ε = {Epsilon}";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> State(Shape parameter)
    {
        int m = parameter.Rank >= 2 ? parameter[0] : 1, n = (int)(parameter.Count / Math.Max(1, m));
        return [new("momentum", parameter), new("secondMoment", parameter), new("left", [m, m]), new("right", [n, n]), new("leftBasis", [m, m]), new("rightBasis", [n, n]), new("steps", [])];
    }

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView steps = context.State(6), gradient = context.Scratch(context.Weight.Length);
        Span<double> count = stackalloc double[1];
        backend.Download(steps, count);
        var done = (int)count[0];
        backend.Axpby(1, context.GradientScale, context.Gradient, 0, default, gradient, default);
        if (done == 0) context.Factor = 0;
        else Direct(context, gradient, done);
        Follow(context, gradient, done, context.Rows, context.Columns, left: true);
        Follow(context, gradient, done, context.Columns, context.Rows, left: false);
        backend.Axpby(1, default, context.One, 1, steps, steps, context.Gate);
    }

    /// <summary>Makes the update of step t.</summary>
    private void Direct(StageContext context, BufferView gradient, int t)
    {
        IBackend backend = context.Backend;
        BufferView momentum = context.State(0), moment = context.State(1), projected = context.Scratch(gradient.Length), update = context.Scratch(gradient.Length);
        backend.Axpby(1 - Beta1, default, gradient, Beta1, momentum, momentum, context.Gate);
        Rotate(context, gradient, projected, back: false);
        backend.SecondMoment(Beta2, projected, moment, context.Gate);
        Rotate(context, momentum, projected, back: false);
        backend.DivideByRoot(RootRule.Divide, Epsilon, projected, moment, default, projected);
        Rotate(context, projected, update, back: true);
        context.Replace(update);
        context.Factor *= Math.Sqrt(1 - Math.Pow(Beta2, t)) / (1 - Math.Pow(Beta1, t));
    }

    /// <summary>Q_LᵀXQ_R, or back; the bases are kept as rows.</summary>
    private static void Rotate(StageContext context, BufferView x, BufferView result, bool back)
    {
        (int m, int n) = (context.Rows, context.Columns);
        BufferView half = context.Scratch(x.Length);
        context.Backend.Gemm(GemmCall.Dense(context.State(4), back, x, false, half, m, n, m));
        context.Backend.Gemm(GemmCall.Dense(half, false, context.State(5), !back, result, m, n, n));
    }

    /// <summary>Takes the gradient into L or R, and its basis after them when it is time.</summary>
    private void Follow(StageContext context, BufferView gradient, int t, int side, int other, bool left)
    {
        IBackend backend = context.Backend;
        BufferView matrix = context.State(left ? 2 : 3), basis = context.State(left ? 4 : 5), next = context.Scratch(matrix.Length);
        backend.SymmetricProduct(new SymmetricCall { P = gradient, Q = gradient, C = next, N = side, K = other, Transposed = !left, Alpha = 1 - Beta2, D = matrix, Beta = Beta2 });
        backend.Axpby(1, default, next, 0, default, matrix, context.Gate);
        if (t == 0) HostEigenbasis.Decompose(backend, side, matrix, next);
        else if (t % Frequency == 0) Refresh(context, side, other, left, matrix, basis, next);
        else return;
        backend.Axpby(1, default, next, 0, default, basis, context.Gate);
    }

    /// <summary>The basis one round of power iteration later; the second moment follows the order of its vectors.</summary>
    private static void Refresh(StageContext context, int side, int other, bool left, BufferView matrix, BufferView basis, BufferView next)
    {
        IBackend backend = context.Backend;
        int[] order = ArrayPool<int>.Shared.Rent(side);
        HostEigenbasis.Refresh(backend, side, matrix, basis, next, order.AsSpan(0, side));
        BufferView moment = context.State(1), moved = context.Scratch(moment.Length);
        int size = side * other;
        double[] from = ArrayPool<double>.Shared.Rent(size), to = ArrayPool<double>.Shared.Rent(size);
        backend.Download(moment, from.AsSpan(0, size));
        for (int i = 0; i < side; i++)
        {
            for (int k = 0; k < other; k++)
            {
                if (left) to[(i * other) + k] = from[(order[i] * other) + k];
                else to[(k * side) + i] = from[(k * side) + order[i]];
            }
        }
        backend.Upload(moved, to.AsSpan(0, size));
        backend.Axpby(1, default, moved, 0, default, moment, context.Gate);
        ArrayPool<double>.Shared.Return(from);
        ArrayPool<double>.Shared.Return(to);
        ArrayPool<int>.Shared.Return(order);
    }
}
