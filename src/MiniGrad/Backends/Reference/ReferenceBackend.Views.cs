using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>From views to arrays, with every check that the contract of <see cref="IBackend"/> allows.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <summary>The elements of a view that must have at least as many as the sizes ask for.</summary>
    private Span<T> Reals(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        Check(view, needed, ElementType.Real, name, kernel).Reals.AsSpan((int)view.Offset, (int)view.Length);

    /// <summary>The elements of a view of a given length.</summary>
    private Span<T> Exactly(BufferView view, long length, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "")
    {
        Span<T> elements = Reals(view, length, name, kernel);
        Same(view, length, name, kernel);
        return elements;
    }

    /// <summary>As <see cref="Reals"/>, or nothing for the empty view.</summary>
    private Span<T> Optional(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        view.IsEmpty ? default : Reals(view, needed, name, kernel);

    /// <summary>A computed scalar, or 1 for the empty view.</summary>
    private double ScalarOrOne(BufferView view, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        view.IsEmpty ? 1 : Wide(Exactly(view, 1, name, kernel)[0]);

    private Span<int> Integers(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        Check(view, needed, ElementType.Int32, name, kernel).Integers.AsSpan((int)view.Offset, (int)view.Length);

    private ReferenceBuffer<T> Check(BufferView view, long needed, ElementType type, string name, string kernel)
    {
        if (view.IsEmpty) throw new ArgumentException($"{kernel}: {name} is missing");
        if (view.Buffer is not ReferenceBuffer<T> buffer || !ReferenceEquals(buffer.Owner, this))
        {
            throw new ArgumentException($"{kernel}: {name} is a buffer of another back end ({view.Buffer.GetType().Name}); upload the data to this one, {Description}");
        }
        ObjectDisposedException.ThrowIf(buffer.IsDisposed, buffer);
        if (buffer.ElementType != type) throw new ArgumentException($"{kernel}: {name} holds {buffer.ElementType} elements; {type} is needed");
        if (view.Length < needed) throw new ArgumentException($"{kernel}: {name} has {view.Length} elements; {needed} are needed");
        if (view.Offset < 0 || view.Offset > buffer.Length - view.Length) throw new ArgumentException($"{kernel}: {name} is [{view.Offset}, {view.Offset + view.Length}) of a buffer of {buffer.Length} elements");
        return buffer;
    }

    private static void Same(BufferView view, long length, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "")
    {
        if (view.Length != length) throw new ArgumentException($"{kernel}: {name} has {view.Length} elements; {length} are expected");
    }

    /// <summary>Elements from the first to the last of a matrix whose rows start every <paramref name="leading"/> elements.</summary>
    private static long Extent(long rows, long leading, long columns) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * leading) + columns;

    /// <summary>Likewise for a batch of matrices that start every <paramref name="stride"/> elements.</summary>
    private static long Extent(int batch, long stride, long rows, long leading, long columns) => rows == 0 || columns == 0 ? 0 : ((batch - 1) * stride) + Extent(rows, leading, columns);
}
