using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>
/// Matrix products by NVIDIA's cuBLAS. It computes column by column, so our Cᵀ = op(B)ᵀ·op(A)ᵀ is its C. What it does not know
/// (bias, nonlinearity, residual; a term to add on the diagonal) is a kernel of ours behind or before it.
/// </content>
public sealed partial class IlgpuBackend
{
    private IlgpuBuffer? _rounded;

    private nint StreamHandle => _stream is CudaStream cuda ? cuda.StreamPtr : 0;

    /// <summary>Hands a product to cuBLAS; false when there is none, when it has failed, or when the epilogue needs what the product overwrites.</summary>
    private bool TryCuBlas(in GemmCall call, ProductType type, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        if (_session.CuBlas is not { Failure: null } || call.K == 0) return false;
        bool inPlace = Overlap(call.Residual, call.C), activates = call.Activation != Activation.None || !call.PreActivation.IsEmpty;
        if (inPlace && (activates || call.Accumulate)) return false;
        if (!Multiply(call, type, a, b, c, call.Accumulate || inPlace)) return false;
        bool adds = !call.Residual.IsEmpty && !inPlace;
        if (!activates && !adds && call.Bias.IsEmpty) return true;
        long extent = Extent(call.Batch, call.StrideC, call.M, call.LeadingC, call.N);
        Each(EpilogueKernels.Epilogue, (long)call.Batch * call.M * call.N, new EpilogueArgs
        {
            C = c,
            Bias = Optional(call.Bias, call.N),
            PreActivation = Optional(call.PreActivation, extent),
            Residual = adds ? Reals(call.Residual, extent) : _one.Reals,
            Rows = call.M,
            Columns = call.N,
            LeadingC = call.LeadingC,
            StrideC = (int)call.StrideC,
            HasBias = Flag(!call.Bias.IsEmpty),
            HasPreActivation = Flag(!call.PreActivation.IsEmpty),
            HasResidual = Flag(adds),
            RoundsPreActivation = Flag(type == ProductType.Bfloat16 && call.Activation != Activation.None),
            Activation = call.Activation,
        });
        return true;
    }

    /// <summary>Hands symmetric products to cuBLAS, which computes both triangles.</summary>
    private bool TryCuBlas(int count, in SymmetricCall call, ProductType type)
    {
        if (_session.CuBlas is not { Failure: null } || call.K == 0) return false;
        long square = (long)call.N * call.N, whole = (long)call.N * call.K;
        bool adds = !call.D.IsEmpty || call.Diagonal != 0;
        ArrayView<float> c = Reals(call.C, count * square);
        if (adds)
        {
            Each(EpilogueKernels.Addend, count * square, new AddendArgs
            {
                C = c,
                D = Optional(call.D, count * square),
                N = call.N,
                Beta = call.D.IsEmpty ? 0 : (float)call.Beta,
                Diagonal = (float)call.Diagonal,
            });
        }
        var product = new GemmCall
        {
            A = call.P,
            B = call.Q,
            C = call.C,
            M = call.N,
            N = call.N,
            K = call.K,
            TransposeA = call.Transposed,
            TransposeB = !call.Transposed,
            LeadingA = call.Transposed ? call.N : call.K,
            LeadingB = call.Transposed ? call.N : call.K,
            LeadingC = call.N,
            Batch = count,
            StrideA = whole,
            StrideB = whole,
            StrideC = square,
            Alpha = call.Alpha,
        };
        return Multiply(product, type, Reals(call.P, count * whole), Reals(call.Q, count * whole), c, adds);
    }

    private bool Multiply(in GemmCall call, ProductType type, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, bool accumulate)
    {
        EndStrandsEarly(); // the library launches for itself
        (nint left, nint right) = (Address(a), Address(b));
        if (type == ProductType.Bfloat16)
        {
            long ofA = Words(a.Length), ofB = left == right && a.Length == b.Length ? 0 : Words(b.Length);
            ArrayView<int> room = Grown(ref _rounded, ofA + ofB, ElementType.Real).Reals.Cast<int>();
            left = Rounded(a, room.SubView(0, ofA));
            right = ofB == 0 ? left : Rounded(b, room.SubView(ofA, ofB));
        }
        bool queued = _session.CuBlas!.Multiply(StreamHandle, ProductOf(call, left, right, Address(c), accumulate), type);
        if (queued) KernelsQueued++;
        return queued;
    }

    private static CuBlasProduct ProductOf(in GemmCall call, nint a, nint b, nint c, bool accumulate) => new()
    {
        OperationA = call.TransposeB ? CuBlasApi.Transpose : CuBlasApi.NoTranspose,
        OperationB = call.TransposeA ? CuBlasApi.Transpose : CuBlasApi.NoTranspose,
        M = call.N,
        N = call.M,
        K = call.K,
        A = b,
        B = a,
        C = c,
        // A single row may come with any distance to the next.
        LeadingA = Math.Max(call.LeadingB, call.TransposeB ? call.K : call.N),
        LeadingB = Math.Max(call.LeadingA, call.TransposeA ? call.M : call.K),
        LeadingC = Math.Max(call.LeadingC, call.N),
        StrideA = call.StrideB,
        StrideB = call.StrideA,
        StrideC = call.StrideC,
        Batch = call.Batch,
        Alpha = (float)call.Alpha,
        Beta = accumulate ? 1 : 0,
    };

    /// <summary>Rounds an operand to bfloat16 and says where the result lies.</summary>
    private nint Rounded(ArrayView<float> x, ArrayView<int> words)
    {
        Each(PrecisionKernels.RoundToPairs, (x.Length + 1) / 2, new RoundToPairsArgs { X = x, Words = words, Count = (int)x.Length });
        return words.LoadEffectiveAddressAsPtr();
    }

    private static nint Address(ArrayView<float> view) => view.LoadEffectiveAddressAsPtr();

    // Operands begin at multiples of 256 bytes, as cuBLAS likes them.
    private static long Words(long length) => (((length + 1) / 2) + 63) / 64 * 64;

    private static bool Overlap(BufferView a, BufferView b) =>
        !a.IsEmpty && ReferenceEquals(a.Buffer, b.Buffer) && a.Offset < b.Offset + b.Length && b.Offset < a.Offset + a.Length;
}
