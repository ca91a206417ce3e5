using MiniGrad.Memory;

namespace MiniGrad.Tensors;

/// <summary>Token ids in a back end's memory, such as a batch of shape (B,T); refilled step after step.</summary>
/// <param name="Context">The context they belong to.</param>
/// <param name="Data">Int32 elements.</param>
/// <param name="Shape">The sizes.</param>
public readonly record struct Indices(ComputeContext Context, BufferView Data, Shape Shape)
{
    /// <summary>Uploads new ids, as many as the shape has.</summary>
    /// <param name="ids">Row-major ids.</param>
    public void CopyFrom(ReadOnlySpan<int> ids)
    {
        Errors.Length("Indices.CopyFrom", ids.Length, Shape);
        Context.Backend.Upload(Data, ids);
    }
}
