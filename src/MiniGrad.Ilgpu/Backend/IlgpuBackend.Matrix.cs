using ILGPU;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;

namespace MiniGrad.Ilgpu;

/// <content>Matrix products.</content>
public sealed partial class IlgpuBackend
{
    // CUDA's limit on the second and third dimension of a grid.
    private const int MostLayers = 65_535;

    /// <inheritdoc/>
    public void Gemm(in GemmCall call)
    {
        if (call.M == 0 || call.N == 0 || call.Batch == 0) return;
        ArrayView<float> a = Reals(call.A, Extent(call.Batch, call.StrideA, call.TransposeA ? call.K : call.M, call.LeadingA, call.TransposeA ? call.M : call.K));
        ArrayView<float> b = Reals(call.B, Extent(call.Batch, call.StrideB, call.TransposeB ? call.N : call.K, call.LeadingB, call.TransposeB ? call.K : call.N));
        long extent = Extent(call.Batch, call.StrideC, call.M, call.LeadingC, call.N);
        ArrayView<float> c = Reals(call.C, extent);
        if (TryCuBlas(call, a, b, c)) return;
        var args = new GemmArgs
        {
            A = new Factor { Data = a, Rows = call.M, RowStride = call.TransposeA ? 1 : call.LeadingA, DepthStride = call.TransposeA ? call.LeadingA : 1 },
            B = new Factor { Data = b, Rows = call.N, RowStride = call.TransposeB ? call.LeadingB : 1, DepthStride = call.TransposeB ? 1 : call.LeadingB },
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
        for (int first = 0; first < call.Batch; first += MostLayers)
        {
            Tiles(GemmKernels.Gemm16, GemmKernels.Gemm4, new Index3D(Over(call.N), Over(call.M), Math.Min(MostLayers, call.Batch - first)), args);
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
        if (call.N == 0 || count == 0) return;
        long square = count * (long)call.N * call.N, operand = count * (long)call.N * call.K;
        int side = Over(call.N), tiles = side * (side + 1) / 2, row = call.Transposed ? 1 : call.K, step = call.Transposed ? call.N : 1;
        Tiles(SymmetricKernels.Symmetric16, SymmetricKernels.Symmetric4, new Index3D(checked(count * tiles), 1, 1), new SymmetricArgs
        {
            P = new Factor { Data = Reals(call.P, operand), Rows = call.N, RowStride = row, DepthStride = step },
            Q = new Factor { Data = Reals(call.Q, operand), Rows = call.N, RowStride = row, DepthStride = step },
            C = Reals(call.C, square),
            D = Optional(call.D, square),
            N = call.N,
            K = call.K,
            Tiles = tiles,
            HasD = Flag(!call.D.IsEmpty),
            Alpha = (float)call.Alpha,
            Beta = (float)call.Beta,
            Diagonal = (float)call.Diagonal,
        });
    }

    /// <summary>How many tiles cover a size.</summary>
    private int Over(int size) => (size + (4 * _session.TileSide) - 1) / (4 * _session.TileSide);

    /// <summary>A kernel of square groups, in the size that the device can run.</summary>
    private void Tiles<TArgs>(Action<TArgs> large, Action<TArgs> small, Index3D grid, TArgs args)
        where TArgs : struct
    {
        int side = _session.TileSide;
        KernelsQueued++;
        _session.Launcher.Groups(_stream, side == IlgpuSession.LargeSide ? large : small, grid, new Index3D(side, side, 1), args);
    }

    // The results of a batch's next layers lie further on.
    private static GemmArgs Next(GemmArgs args, long offset)
    {
        args.C = args.C.SubView(offset, args.C.Length - offset);
        if (args.HasPreActivation != 0) args.PreActivation = args.PreActivation.SubView(offset, args.PreActivation.Length - offset);
        if (args.HasResidual != 0) args.Residual = args.Residual.SubView(offset, args.Residual.Length - offset);
        return args;
    }
}
