using System.Diagnostics;
using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu;

/// <content>Matrix products.</content>
public sealed unsafe partial class CpuBackend : IMatrixKernels
{
    // Below this many operations waking a second thread costs more than it saves.
    private const double ParallelWork = 1e6;
    private const double ParallelPairsWork = 6e6;
    // A product of a batch is shared by all threads only when it is larger than this, or when the batch is short.
    private const double SharedWork = 4e6;
    private const int LongBatch = 4;

    private CpuBuffer? _workspace;

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision != Precision.Tf32;

    /// <inheritdoc/>
    public void Gemm(in GemmCall call)
    {
        if (call.M == 0 || call.N == 0 || call.Batch == 0) return;
        Operands.Check(call);
        var product = new Product
        {
            A = Pointer(call.A),
            B = Pointer(call.B),
            C = Pointer(call.C),
            M = call.M,
            N = call.N,
            K = call.K,
            LeadingA = call.LeadingA,
            LeadingB = call.LeadingB,
            LeadingC = call.LeadingC,
            TransposeA = call.TransposeA,
            TransposeB = call.TransposeB,
            Alpha = (float)call.Alpha,
            Accumulate = call.Accumulate,
            Bias = Pointer(call.Bias),
            Activation = call.Activation,
            PreActivation = Pointer(call.PreActivation),
            KeepsHalf = call.KeepsHalf,
            Residual = Pointer(call.Residual),
            InPairs = InPairs(call.Precision),
        };
        if (product.K == 0 && product.Accumulate && !product.HasEpilogue) return;
        product.PlaceSums();
        Multiply(product, call);
    }

    /// <inheritdoc/>
    public void SymmetricProduct(in SymmetricCall call)
    {
        if (call.N == 0) return;
        Operands.Check(call);
        var product = new Product
        {
            A = Pointer(call.P),
            B = Pointer(call.Q),
            C = Pointer(call.C),
            M = call.N,
            N = call.N,
            K = call.K,
            LeadingA = call.Transposed ? call.N : call.K,
            LeadingB = call.Transposed ? call.N : call.K,
            LeadingC = call.N,
            TransposeA = call.Transposed,
            TransposeB = !call.Transposed,
            Alpha = (float)call.Alpha,
            Symmetric = true,
            D = Pointer(call.D),
            Beta = (float)call.Beta,
            Diagonal = (float)call.Diagonal,
            InPairs = InPairs(call.Precision),
        };
        product.PlaceSums();
        Multiply(product, default);
    }

    private void Multiply(in Product product, in GemmCall call)
    {
        long start = Times is null ? 0 : Stopwatch.GetTimestamp();
        if (Vector512.IsHardwareAccelerated) Multiply<Lanes16>(product, call);
        else if (Vector256.IsHardwareAccelerated) Multiply<Lanes8>(product, call);
        else if (Vector128.IsHardwareAccelerated) Multiply<Lanes4>(product, call);
        else Multiply<Lanes1>(product, call);
        Times?.Add(NameOf(product), start);
    }

    private static string NameOf(in Product product) => (product.Symmetric, product.TransposeA, product.TransposeB, product.InPairs) switch
    {
        (true, _, _, false) => "product, symmetric",
        (true, _, _, true) => "product in bfloat16, symmetric",
        (_, _, true, false) => "product NT",
        (_, _, true, true) => "product NT in bfloat16",
        (_, true, _, false) => "product TN",
        (_, true, _, true) => "product TN in bfloat16",
        (_, _, _, false) => "product NN",
        _ => "product NN in bfloat16",
    };

    private void Multiply<TV>(in Product product, in GemmCall call)
        where TV : unmanaged, ILanes<TV>
    {
        int batch = product.Symmetric ? 1 : call.Batch;
        if (batch > 1 && !product.InPairs && !product.IsVector && product.Work * batch >= ParallelWork && (product.Work < SharedWork || batch >= LongBatch * Threads))
        {
            Blocking blocking = ProductJob<TV>.Plan(product, threads: 1);
            long length = ProductJob<TV>.WorkspaceLength(blocking);
            var job = new BatchJob<TV>(product, call, blocking, Workspace(length * Threads), length);
            _pool.For(batch, ref job);
            return;
        }
        for (long i = 0; i < batch; i++)
        {
            Product next = product;
            next.Advance(i * call.StrideA, i * call.StrideB, i * call.StrideC);
            MultiplyOne<TV>(next);
        }
    }

    private void MultiplyOne<TV>(in Product product)
        where TV : unmanaged, ILanes<TV>
    {
        if (product.InPairs) MultiplyPairs<TV>(product);
        else if (product.M == 1) MultiplyVector<TV>(product, stepA: product.TransposeA ? product.LeadingA : 1, stepC: 1);
        else if (product.IsVector) MultiplyVector<TV>(product.Transposed(), product.TransposeB ? 1 : product.LeadingB, product.LeadingC);
        else
        {
            Blocking blocking = ProductJob<TV>.Plan(product, product.Work < ParallelWork ? 1 : Threads);
            var job = new ProductJob<TV>(product, blocking, Workspace(ProductJob<TV>.WorkspaceLength(blocking)));
            if (blocking.Threads == 1) job.RunAlone();
            else job.Run(_pool);
        }
    }

    private void MultiplyPairs<TV>(in Product product)
        where TV : unmanaged, ILanes<TV>
    {
        _assembled?.Prepare(product);
        var blocking = new PairBlocking(product, product.Work < ParallelPairsWork ? 1 : Threads);
        var job = new PairProductJob<TV>(product, blocking, _assembled?.Tiles ?? default, Workspace(PairProductJob<TV>.WorkspaceLength(blocking)));
        if (blocking.Threads == 1) job.RunAlone();
        else job.Run(_pool);
    }

    private static bool InPairs(Precision precision) => precision switch
    {
        Precision.Float32 => false,
        Precision.Bfloat16 => true,
        _ => throw new NotSupportedException($"cpu: products have no precision {precision}; use Float32 or Bfloat16"),
    };

    private void MultiplyVector<TV>(Product product, nint stepA, nint stepC)
        where TV : unmanaged, ILanes<TV>
    {
        float* row = Workspace((long)product.K + product.N), sums = row + product.K;
        if (stepA != 1)
        {
            for (nint p = 0; p < product.K; p++) row[p] = product.A[p * stepA];
            product.A = row;
        }
        var job = new VectorJob<TV>(product, sums, stepC);
        if (product.Work >= ParallelWork) _pool.For(job.Tickets, ref job);
        else for (int ticket = 0; ticket < job.Tickets; ticket++) job.Run(ticket, 0);
    }

    // Memory of its own, so that a kernel may multiply while it uses its scratch.
    private float* Workspace(long floats) => Grow(ref _workspace, floats);
}
