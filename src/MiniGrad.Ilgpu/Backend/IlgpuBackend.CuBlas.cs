using ILGPU;
using MiniGrad.Backends;

namespace MiniGrad.Ilgpu;

/// <content>Matrix products by NVIDIA's cuBLAS, where it was asked for and loads.</content>
public sealed partial class IlgpuBackend
{
    /// <summary>Hands a plain product to cuBLAS; a batch, or an epilogue, is the own kernel's.</summary>
    private bool TryCuBlas(in GemmCall call, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        bool plain = call.Batch == 1 && call.K > 0 && call.Activation == Activation.None && call.Bias.IsEmpty && call.PreActivation.IsEmpty && call.Residual.IsEmpty;
        if (_session.CuBlas is not { } blas || !plain) return false;
        blas.Multiply(_stream, call, a, b, c);
        return true;
    }
}
