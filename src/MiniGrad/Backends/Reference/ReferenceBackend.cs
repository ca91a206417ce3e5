using System.Numerics;
using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>
/// The oracle: naive kernels over managed arrays of float32 or float64, each a direct transcription of its formula.
/// Elements are stored as <typeparamref name="T"/> and all arithmetic in between is in float64, so that the float32
/// results are right to the last bit or nearly so. <c>ReferenceBackend&lt;double&gt;</c> is the path of gradient checks.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed partial class ReferenceBackend<T> : IBackend where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private double[] _scratch = [];

    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public string Description => $"reference, float{8 * RealSize}, naive kernels, 1 thread";

    /// <inheritdoc/>
    public int RealSize => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public bool IsHostMemory => true;

    /// <inheritdoc/>
    public int Threads => 1;

    /// <inheritdoc/>
    public TransferCounters Transfers { get; } = new();

    /// <inheritdoc/>
    public DeviceBuffer Allocate(long length, ElementType elementType)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        try
        {
            if (length <= Array.MaxLength) return new ReferenceBuffer<T>(this, length, elementType);
        }
        catch (OutOfMemoryException)
        {
            // Reported below, with the sizes.
        }
        throw new InsufficientMemoryException($"reference: no memory for {length:N0} elements ({length * RealSize >> 20:N0} MiB); {Transfers.LiveBytes >> 20:N0} MiB are in use");
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<float> source)
    {
        Span<T> elements = Exactly(destination, source.Length);
        for (int i = 0; i < source.Length; i++) elements[i] = Narrow(source[i]);
        Transfers.CountUpload((long)source.Length * RealSize);
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<double> source)
    {
        Span<T> elements = Exactly(destination, source.Length);
        for (int i = 0; i < source.Length; i++) elements[i] = Narrow(source[i]);
        Transfers.CountUpload((long)source.Length * RealSize);
    }

    /// <inheritdoc/>
    public void Upload(BufferView destination, ReadOnlySpan<int> source)
    {
        Same(destination, source.Length);
        source.CopyTo(Integers(destination, source.Length));
        Transfers.CountUpload((long)source.Length * sizeof(int));
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<float> destination)
    {
        Span<T> elements = Exactly(source, destination.Length);
        for (int i = 0; i < destination.Length; i++) destination[i] = (float)Wide(elements[i]);
        Transfers.CountDownload((long)destination.Length * RealSize);
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<double> destination)
    {
        Span<T> elements = Exactly(source, destination.Length);
        for (int i = 0; i < destination.Length; i++) destination[i] = Wide(elements[i]);
        Transfers.CountDownload((long)destination.Length * RealSize);
    }

    /// <inheritdoc/>
    public void Download(BufferView source, Span<int> destination)
    {
        Same(source, destination.Length);
        Integers(source, destination.Length).CopyTo(destination);
        Transfers.CountDownload((long)destination.Length * sizeof(int));
    }

    /// <inheritdoc/>
    public void Copy(BufferView source, BufferView destination)
    {
        Same(destination, source.Length);
        if (!source.IsEmpty && source.Buffer.ElementType == ElementType.Int32) Integers(source, source.Length).CopyTo(Integers(destination, source.Length));
        else Reals(source, source.Length).CopyTo(Reals(destination, source.Length));
    }

    /// <inheritdoc/>
    public void Fill(BufferView destination, double value) => Reals(destination, destination.Length).Fill(Narrow(value));

    /// <inheritdoc/>
    public void Dispose() => _scratch = [];

    private static double Wide(T value) => double.CreateTruncating(value);

    private static T Narrow(double value) => T.CreateTruncating(value);

    /// <summary>Stores or adds a result.</summary>
    private static void Store(ref T target, double value, bool accumulate) => target = Narrow(accumulate ? Wide(target) + value : value);

    /// <summary>Room for float64 intermediate results of one kernel call, of unspecified content.</summary>
    private Span<double> Scratch(long length)
    {
        if (_scratch.Length < length) _scratch = new double[length];
        return _scratch.AsSpan(0, (int)length);
    }
}
