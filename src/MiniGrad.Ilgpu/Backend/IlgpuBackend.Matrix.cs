using ILGPU;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Matrix products.</content>
public sealed partial class IlgpuBackend
{
    // CUDA's limit on the second and third dimension of a grid.
    private const int MostLayers = 65_535;

    /// <inheritdoc/>
    /// <remarks>
    /// bfloat16 everywhere: operands are rounded to it, on tensor cores with cuBLAS and as they are read by the own kernels; terms are added in float32, in another
    /// order than the CPU's. TensorFloat-32 with cuBLAS only; should the library fail in the middle of a run, the own kernels multiply in float32 instead.
    /// </remarks>
    public bool Supports(Precision precision) => precision != Precision.Tf32 || _session.CuBlas is not null;

    /// <inheritdoc/>
    public void Gemm(in GemmCall call)
    {
        if (call.M == 0 || call.N == 0 || call.Batch == 0) return;
        ArrayView<float> a = Reals(call.A, Extent(call.Batch, call.StrideA, call.TransposeA ? call.K : call.M, call.LeadingA, call.TransposeA ? call.M : call.K));
        ArrayView<float> b = Reals(call.B, Extent(call.Batch, call.StrideB, call.TransposeB ? call.N : call.K, call.LeadingB, call.TransposeB ? call.K : call.N));
        long extent = Extent(call.Batch, call.StrideC, call.M, call.LeadingC, call.N);
        ArrayView<float> c = Reals(call.C, extent);
        if (TryCuBlas(call, TypeOf(call.Precision), a, b, c)) return;
        var args = new GemmArgs
        {
            A = FactorOf(call.A, a, call.M, alongRows: call.TransposeA, call.LeadingA, call.StrideA, TypeOf(call.Precision)),
            B = FactorOf(call.B, b, call.N, alongRows: !call.TransposeB, call.LeadingB, call.StrideB, TypeOf(call.Precision)),
            C = c,
            Bias = Optional(call.Bias, call.N),
            PreActivation = Optional(call.PreActivation, extent),
            Residual = Optional(call.Residual, extent),
            K = call.K,
            LeadingC = call.LeadingC,
            StrideA = (int)call.StrideA,
            StrideB = (int)call.StrideB,
            StrideC = (int)call.StrideC,
            Accumulate = Flag(call.Accumulate),
            HasBias = Flag(!call.Bias.IsEmpty),
            HasPreActivation = Flag(!call.PreActivation.IsEmpty),
            HasResidual = Flag(!call.Residual.IsEmpty),
            Alpha = (float)call.Alpha,
            Activation = call.Activation,
        };
        bool large = FillsLargeTiles(call.M, call.N, (long)OverLarge(call.M) * OverLarge(call.N) * call.Batch);
        for (int first = 0; first < call.Batch; first += MostLayers)
        {
            int layers = Math.Min(MostLayers, call.Batch - first);
            if (large) Square(GemmKernels.Gemm16Large, new Index3D(OverLarge(call.N), OverLarge(call.M), layers), args);
            else Tiles(GemmKernels.Gemm16, GemmKernels.Gemm4, new Index3D(Over(call.N), Over(call.M), layers), args);
            args.A.Start += MostLayers * args.StrideA;
            args.B.Start += MostLayers * args.StrideB;
            if (call.Batch > first + MostLayers) args = Next(args, MostLayers * call.StrideC);
        }
    }

    /// <inheritdoc/>
    public void SymmetricProduct(in SymmetricCall call) => SymmetricProducts(1, call);

    /// <inheritdoc/>
    public void SymmetricProducts(int count, in SymmetricCall call)
    {
        if (call.N == 0 || count == 0 || TryCuBlas(count, call, TypeOf(call.Precision))) return;
        long square = count * (long)call.N * call.N, operand = count * (long)call.N * call.K;
        int rows = OverLarge(call.N), largeTiles = rows * (rows + 1) / 2;
        bool large = FillsLargeTiles(call.N, call.N, (long)count * largeTiles);
        if (!large) rows = Over(call.N);
        var args = new SymmetricArgs
        {
            P = FactorOf(call.P, Reals(call.P, operand), call.N, call.Transposed, call.Transposed ? call.N : call.K, (long)call.N * call.K, TypeOf(call.Precision)),
            Q = FactorOf(call.Q, Reals(call.Q, operand), call.N, call.Transposed, call.Transposed ? call.N : call.K, (long)call.N * call.K, TypeOf(call.Precision)),
            C = Reals(call.C, square),
            D = Optional(call.D, square),
            N = call.N,
            K = call.K,
            Tiles = rows * (rows + 1) / 2,
            HasD = Flag(!call.D.IsEmpty),
            Alpha = (float)call.Alpha,
            Beta = (float)call.Beta,
            Diagonal = (float)call.Diagonal,
        };
        var grid = new Index3D(checked(count * args.Tiles), 1, 1);
        if (large) Square(SymmetricKernels.Symmetric16Large, grid, args, SymmetricKernels.Symmetric16LargeTogether);
        else if (_session.TileSide == IlgpuSession.LargeSide) Square(SymmetricKernels.Symmetric16, grid, args, SymmetricKernels.Symmetric16Together);
        else Square(SymmetricKernels.Symmetric4, grid, args, SymmetricKernels.Symmetric4Together);
    }

    private static ProductType TypeOf(Precision precision) => precision switch
    {
        Precision.Bfloat16 => ProductType.Bfloat16,
        Precision.Tf32 => ProductType.Tf32,
        _ => ProductType.Float32,
    };

    // Buffers begin at multiples of far more than 16 bytes.
    private static Factor FactorOf(BufferView view, ArrayView<float> data, int rows, bool alongRows, int leading, long stride, ProductType type) => new()
    {
        Data = data,
        Rows = rows,
        RowStride = alongRows ? 1 : leading,
        DepthStride = alongRows ? leading : 1,
        Fours = Flag(((view.Offset | (long)leading | stride) & 3) == 0),
        Rounds = Flag(type == ProductType.Bfloat16),
    };

    /// <summary>Whether the large tile is worth it: it is at least half full, and there are tiles enough for the device.</summary>
    private bool FillsLargeTiles(int m, int n, long tiles) =>
        _session.TileSide == IlgpuSession.LargeSide && m > LargeTiledProduct.Width / 2 && n > LargeTiledProduct.Width / 2 && tiles >= _session.Device.ComputeUnits;

    private static int OverLarge(int size) => (size + LargeTiledProduct.Width - 1) / LargeTiledProduct.Width;

    /// <summary>How many tiles cover a size.</summary>
    private int Over(int size) => (size + (4 * _session.TileSide) - 1) / (4 * _session.TileSide);

    // The results of a batch's next layers lie further on.
    private static GemmArgs Next(GemmArgs args, long offset)
    {
        args.C = args.C.SubView(offset, args.C.Length - offset);
        if (args.HasPreActivation != 0) args.PreActivation = args.PreActivation.SubView(offset, args.PreActivation.Length - offset);
        if (args.HasResidual != 0) args.Residual = args.Residual.SubView(offset, args.Residual.Length - offset);
        return args;
    }
}
