using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>Token ids or classes in a back end's memory, such as a batch of shape (B,T): made in a step and gone with it, or made before and refilled.</summary>
/// <param name="Context">The context they belong to.</param>
/// <param name="Data">Int32 elements.</param>
/// <param name="Shape">The sizes.</param>
public readonly record struct Indices(ComputeContext Context, BufferView Data, Shape Shape)
{
    /// <summary>The step that they live in; 0 for as long as the context.</summary>
    internal int Step { get; init; }

    /// <summary>Ids of an array's sizes and values, on the default context.</summary>
    /// <param name="ids">int, of up to five dimensions.</param>
    /// <exception cref="ArgumentException">The array has other elements or more dimensions.</exception>
    public static Indices FromArray(Array ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.GetType().GetElementType() != typeof(int)) throw new ArgumentException($"Indices.FromArray: an array of {ids.GetType().GetElementType()?.Name}; it must hold int");
        return ComputeContext.Default.Indices(ComputeContext.ShapeOf(ids), ComputeContext.Elements<int>(ids));
    }

    /// <summary>Downloads the ids.</summary>
    /// <exception cref="ObjectDisposedException">The step that made them has ended.</exception>
    public int[] ToArray()
    {
        Require("Indices.ToArray");
        var ids = new int[Shape.Count];
        Context.Backend.Download(Data, ids);
        return ids;
    }

    internal void Require(string op)
    {
        if (!Context.Holds(this)) throw new ObjectDisposedException(objectName: null, $"{op}: the ids of shape {Shape} are gone: the step that made them has ended; make them in this step, or before all steps and refill them with CopyFrom");
    }

    /// <summary>Uploads new ids, as many as the shape has.</summary>
    /// <param name="ids">Row-major ids.</param>
    public void CopyFrom(ReadOnlySpan<int> ids)
    {
        Require("Indices.CopyFrom");
        Errors.Length("Indices.CopyFrom", ids.Length, Shape);
        Context.Backend.Upload(Data, ids);
    }
}
