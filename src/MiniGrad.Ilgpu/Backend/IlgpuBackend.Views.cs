using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>From views to device memory, with the checks that the contract of the back ends allows.</content>
public sealed partial class IlgpuBackend
{
    /// <summary>The elements of a view that must have at least as many as the sizes ask for.</summary>
    private ArrayView<float> Reals(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        Check(view, needed, ElementType.Real, name, kernel).Reals.SubView(view.Offset, view.Length);

    /// <summary>All elements of a view.</summary>
    private ArrayView<float> All(BufferView view, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") => Reals(view, view.Length, name, kernel);

    /// <summary>The elements of a view of a given length.</summary>
    private ArrayView<float> Exactly(BufferView view, long length, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "")
    {
        Same(view, length, kernel, name);
        return Reals(view, length, name, kernel);
    }

    /// <summary>As <see cref="Reals"/>, or the constant one (never read) for the empty view.</summary>
    private ArrayView<float> Optional(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        view.IsEmpty ? _one.Reals : Reals(view, needed, name, kernel);

    /// <summary>A computed scalar, or the constant one for the empty view.</summary>
    private ArrayView<float> ScalarOrOne(BufferView view, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "") =>
        view.IsEmpty ? _one.Reals : Exactly(view, 1, name, kernel);

    /// <summary>Integers, and what they are.</summary>
    private ArrayView<int> Integers(BufferView view, long needed, out Span<int> ids, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "")
    {
        IlgpuBuffer buffer = Check(view, needed, ElementType.Int32, name, kernel);
        if (view.Offset < buffer.NotOnHost.To && buffer.NotOnHost.From < view.Offset + view.Length) ReadHostIds(buffer);
        ids = buffer.HostIds.AsSpan((int)view.Offset, (int)view.Length);
        return buffer.Integers.SubView(view.Offset, view.Length);
    }

    /// <summary>Integers that a kernel writes.</summary>
    private ArrayView<int> IntegersToWrite(BufferView view, long needed, [CallerArgumentExpression(nameof(view))] string name = "", [CallerMemberName] string kernel = "")
    {
        IlgpuBuffer buffer = Check(view, needed, ElementType.Int32, name, kernel);
        (long from, long to) = buffer.NotOnHost;
        buffer.NotOnHost = from == to ? (view.Offset, view.Offset + view.Length) : (Math.Min(from, view.Offset), Math.Max(to, view.Offset + view.Length));
        return buffer.Integers.SubView(view.Offset, view.Length);
    }

    // Places that a kernel found are ids now: this waits for them.
    private void ReadHostIds(IlgpuBuffer buffer)
    {
        (long from, long to) = buffer.NotOnHost;
        EndStrandsEarly();
        buffer.Integers.SubView(from, to - from).CopyToCPU(_stream, buffer.HostIds.AsSpan((int)from, (int)(to - from)));
        buffer.NotOnHost = default;
        Downloaded((int)(to - from));
    }

    private ArrayView<int> Chains(long length) => Grown(ref _chains, length, ElementType.Int32).Integers.SubView(0, length);

    private IlgpuBuffer Grown(ref IlgpuBuffer? buffer, long length, ElementType type)
    {
        if (buffer is null || buffer.Length < length)
        {
            _stream.Synchronize();
            buffer?.Dispose();
            buffer = null;
            buffer = (IlgpuBuffer)Allocate(length, type);
        }
        return buffer;
    }

    private IlgpuBuffer Check(BufferView view, long needed, ElementType type, string name, string kernel)
    {
        if (view.IsEmpty) throw new ArgumentException($"{kernel}: {name} is missing");
        if (view.Buffer is not IlgpuBuffer buffer || !ReferenceEquals(buffer.Owner, this))
        {
            throw new ArgumentException($"{kernel}: {name} is a buffer of another back end ({view.Buffer.GetType().Name}); upload the data to this one, {Description}");
        }
        ObjectDisposedException.ThrowIf(buffer.IsDisposed, buffer);
        if (buffer.ElementType != type) throw new ArgumentException($"{kernel}: {name} holds {buffer.ElementType} elements; {type} is needed");
        if (view.Length < needed) throw new ArgumentException($"{kernel}: {name} has {view.Length} elements; {needed} are needed");
        if (view.Offset < 0 || view.Offset > buffer.Length - view.Length) throw new ArgumentException($"{kernel}: {name} is [{view.Offset}, {view.Offset + view.Length}) of a buffer of {buffer.Length} elements");
        if (needed > int.MaxValue) throw new ArgumentException($"{kernel}: {name} has {needed:N0} elements; a tensor on a GPU may have {int.MaxValue:N0}; use a smaller --micro-batch");
        return buffer;
    }

    private static void Same(BufferView view, long length, [CallerMemberName] string kernel = "", [CallerArgumentExpression(nameof(view))] string name = "")
    {
        if (view.Length != length) throw new ArgumentException($"{kernel}: {name} has {view.Length} elements; {length} are expected");
    }

    /// <summary>Elements from the first to the last of a matrix whose rows start every <paramref name="leading"/> elements.</summary>
    private static long Extent(long rows, long leading, long columns) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * leading) + columns;

    /// <summary>Likewise for a batch of matrices.</summary>
    private static long Extent(int batch, long stride, long rows, long leading, long columns) => rows == 0 || columns == 0 || batch == 0 ? 0 : ((batch - 1) * stride) + Extent(rows, leading, columns);
}
