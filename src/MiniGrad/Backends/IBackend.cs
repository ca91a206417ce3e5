using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>
/// Memory and kernels on one device. A back end owns its memory: whatever crosses to the host does so through
/// <see cref="Upload(BufferView, ReadOnlySpan{float})"/> and <see cref="Download(BufferView, Span{float})"/>, and is counted.
/// </summary>
/// <remarks>
/// The rules for every kernel: views hold row-major data and have at least the elements the sizes ask for; outputs may
/// be the same view as an input only where it says so; <c>accumulate</c> adds to the output instead of overwriting it;
/// reductions use a fixed order that does not depend on the number of threads; scalar arguments come from options or
/// the schedule, while computed scalars are one-element views; an argument that is wrong here is a bug of the caller
/// (ops check shapes before they call). An instance belongs to one <c>ComputeContext</c> and is used by one thread at a time.
/// </remarks>
public interface IBackend : IMatrixKernels, IElementwiseKernels, IReductionKernels, INormalizationKernels, IAttentionKernels, ITokenKernels, IExpertKernels, ISelectionKernels, IOptimizerKernels, IPrecisionKernels, IDisposable
{
    /// <summary>Short name, such as <c>cpu</c>, <c>reference</c>.</summary>
    string Name { get; }

    /// <summary>What it runs on, in words: instruction set, threads, device.</summary>
    string Description { get; }

    /// <summary>Bytes of a <see cref="ElementType.Real"/> element: 4 or 8.</summary>
    int RealSize { get; }

    /// <summary>Whether a download costs nothing but a copy in host memory, so that every step can be logged.</summary>
    bool IsHostMemory { get; }

    /// <summary>Threads that kernels run on.</summary>
    int Threads { get; }

    /// <summary>Transfers and live memory so far.</summary>
    TransferCounters Transfers { get; }

    /// <summary>Allocates a buffer of unspecified content.</summary>
    /// <param name="length">Number of elements.</param>
    /// <param name="elementType">What the elements are.</param>
    /// <exception cref="InsufficientMemoryException">The device has no room; the message names the sizes.</exception>
    DeviceBuffer Allocate(long length, ElementType elementType);

    /// <summary>Copies from the host, converting to the back end's precision.</summary>
    /// <param name="destination">Real elements; as many as the source has.</param>
    /// <param name="source">Host data.</param>
    void Upload(BufferView destination, ReadOnlySpan<float> source);

    /// <inheritdoc cref="Upload(BufferView, ReadOnlySpan{float})"/>
    void Upload(BufferView destination, ReadOnlySpan<double> source);

    /// <summary>Copies integers from the host.</summary>
    /// <param name="destination">Int32 elements; as many as the source has.</param>
    /// <param name="source">Host data.</param>
    void Upload(BufferView destination, ReadOnlySpan<int> source);

    /// <summary>Copies to the host, converting from the back end's precision.</summary>
    /// <param name="source">Real elements; as many as the destination has.</param>
    /// <param name="destination">Host data.</param>
    void Download(BufferView source, Span<float> destination);

    /// <inheritdoc cref="Download(BufferView, Span{float})"/>
    void Download(BufferView source, Span<double> destination);

    /// <summary>Copies integers to the host.</summary>
    /// <param name="source">Int32 elements; as many as the destination has.</param>
    /// <param name="destination">Host data.</param>
    void Download(BufferView source, Span<int> destination);

    /// <summary>Copies between views of this back end, of one element type.</summary>
    /// <param name="source">From.</param>
    /// <param name="destination">To; of the same length, and not overlapping.</param>
    void Copy(BufferView source, BufferView destination);

    /// <summary>Sets every element.</summary>
    /// <param name="destination">Real elements.</param>
    /// <param name="value">The value.</param>
    void Fill(BufferView destination, double value);

    /// <summary>Whether matrices of one shape are better orthogonalized all at once than one after the other: where a kernel costs a launch, not where a core keeps a matrix in its cache.</summary>
    bool PrefersBatchedOrthogonalization => false;

    /// <summary>
    /// Opens the first of several strands of work, which are queued one after the other and do not depend on each other: none reads or writes what another
    /// writes. Where a kernel costs a launch, the same kernels of all strands may be launched as one.
    /// </summary>
    void BeginStrands()
    {
    }

    /// <summary>Opens the next strand.</summary>
    void NextStrand()
    {
    }

    /// <summary>Ends the last strand; what follows may depend on all of them.</summary>
    void EndStrands()
    {
    }

    /// <summary>How many items of work can be done at the same time, each by one lane; 1 where the device schedules itself.</summary>
    int Lanes => 1;

    /// <summary>
    /// A back end that runs its kernels on one lane, over the same memory: any buffer of this one is good there, and the
    /// other way round. It belongs to this one.
    /// </summary>
    /// <param name="index">The lane, below <see cref="Lanes"/>.</param>
    IBackend Lane(int index) => this;

    /// <summary>Does items of work, as many at a time as there are lanes, and returns when all are done. Items are begun in order.</summary>
    /// <param name="items">Number of items.</param>
    /// <param name="work">What is done for each.</param>
    void ForEach(int items, ILaneWork work)
    {
        for (int item = 0; item < items; item++) work.Run(item, 0);
    }
}
