using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>
/// Everything a computation needs that would otherwise be global: the back end with its threads and workspaces, the arena
/// of the current step, the table of tensors that is also the tape, gradient mode and counters. Two contexts share
/// nothing, so two trainings in one process give the bits of running them in turn. A context is used by one thread at a time.
/// </summary>
public sealed partial class ComputeContext : IDisposable
{
    private readonly List<DeviceBuffer> _persistent = [];
    private Node[] _nodes = new Node[256];
    private int _count;
    private int _persistentCount;
    private int _generation = 1;
    private int _noGrad;
    private bool _disposed;
    private TensorArena? _ids;

    /// <summary>A context on a back end, which it owns from now on.</summary>
    /// <param name="backend">The back end.</param>
    public ComputeContext(IBackend backend)
        : this(backend, lender: null)
    {
    }

    private ComputeContext(IBackend backend, TensorArena? lender)
    {
        ArgumentNullException.ThrowIfNull(backend);
        Backend = backend;
        Arena = new TensorArena(backend, lender: lender);
    }

    /// <summary>Memory and kernels.</summary>
    public IBackend Backend { get; }

    /// <summary>The memory of the current step.</summary>
    public TensorArena Arena { get; }

    /// <summary>What was done so far.</summary>
    public ComputeCounters Counters { get; } = new();

    /// <summary>Whether a step is open.</summary>
    public bool InStep { get; private set; }

    /// <summary>Whether ops are recorded for a backward pass.</summary>
    public bool GradientEnabled => _noGrad == 0;

    /// <summary>Tensors alive now: parameters and constants, and the open step's.</summary>
    public int LiveTensors => _count;

    /// <summary>Opens a step. Tensors made until it is disposed are temporaries whose memory is then reused.</summary>
    /// <exception cref="InvalidOperationException">A step is open already.</exception>
    public StepScope BeginStep()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (InStep) throw new InvalidOperationException("BeginStep: a step is open already; dispose it first");
        InStep = true;
        return new StepScope(this);
    }

    /// <summary>Turns recording off until the scope is disposed; scopes nest.</summary>
    public NoGradScope NoGrad() => new(this, _noGrad++);

    /// <summary>Makes a tensor from host data: a temporary inside a step, else one that lives as long as the context.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="values">Row-major values.</param>
    /// <param name="requiresGradient">Whether gradients flow to it.</param>
    /// <exception cref="ArgumentException">The number of values is not the shape's.</exception>
    public Tensor Tensor(Shape shape, ReadOnlySpan<float> values, bool requiresGradient = false)
    {
        Errors.Length("Tensor", values.Length, shape);
        Tensor tensor = Empty(shape, requiresGradient);
        Backend.Upload(tensor.Data, values);
        return tensor;
    }

    /// <inheritdoc cref="Tensor(Shape, ReadOnlySpan{float}, bool)"/>
    public Tensor Tensor(Shape shape, ReadOnlySpan<double> values, bool requiresGradient = false)
    {
        Errors.Length("Tensor", values.Length, shape);
        Tensor tensor = Empty(shape, requiresGradient);
        Backend.Upload(tensor.Data, values);
        return tensor;
    }

    /// <summary>Makes a tensor of one value.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The value.</param>
    public Tensor Full(Shape shape, double value)
    {
        Tensor tensor = Empty(shape, requiresGradient: false);
        Backend.Fill(tensor.Data, value);
        return tensor;
    }

    /// <summary>Makes a trainable parameter of zeros; its gradient lives outside any step and accumulates.</summary>
    /// <param name="name">Its name, unique in a model, such as <c>h.0.attn.qkv.weight</c>.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="role">What it is, which decides who optimizes it.</param>
    /// <param name="heads">What its rows are when it belongs to an attention projection.</param>
    /// <exception cref="InvalidOperationException">A step is open.</exception>
    /// <exception cref="ArgumentException">The rows are not as many as the heads ask for, or the experts' matrices are not (E,out,in).</exception>
    public Parameter Parameter(string name, Shape shape, ParameterRole role, HeadRows? heads = null)
    {
        heads?.Check(name, shape);
        heads?.Attention.LiveIn(this);
        if (role == ParameterRole.ExpertMatrices && shape.Rank != 3) throw new ArgumentException($"parameter '{name}' has shape {shape}; the experts' matrices must be stacked as (E,out,in)");
        if (InStep) throw new InvalidOperationException($"parameter '{name}' is made inside a step; make parameters before the first step");
        Tensor tensor = Empty(shape, requiresGradient: true);
        NodeAt(tensor.Slot).Name = name;
        Backend.Fill(tensor.Data, 0);
        return new Parameter(name, tensor, role, heads);
    }

    /// <summary>Makes the bias of a choice of experts, of zeros; no gradient trains it, see <see cref="ParameterRole.ExpertBias"/>.</summary>
    /// <param name="name">Its name, unique in a model.</param>
    /// <param name="experts">Number of experts.</param>
    /// <param name="rate">How far a step moves it.</param>
    /// <exception cref="InvalidOperationException">A step is open.</exception>
    public Parameter ExpertBias(string name, int experts, double rate)
    {
        Parameter made = Parameter(name, [experts], ParameterRole.ExpertBias);
        return new Parameter(name, made.Tensor, made.Role) { BalanceRate = rate };
    }

    /// <summary>Memory that lives as long as the context, filled with zeros: optimizer state, metrics.</summary>
    /// <param name="length">Number of real elements.</param>
    public BufferView Persistent(long length)
    {
        BufferView view = AllocatePersistent(length, ElementType.Real);
        Backend.Fill(view, 0);
        return view;
    }

    /// <summary>Room for token ids: a temporary inside a step, else one that lives as long as the context.</summary>
    /// <param name="shape">The sizes, such as (B,T).</param>
    public Indices Indices(Shape shape)
    {
        if (!InStep) return new Indices(this, AllocatePersistent(shape.Count, ElementType.Int32), shape);
        _ids ??= new TensorArena(Backend, ElementType.Int32);
        return new Indices(this, _ids.Allocate(shape.Count), shape) { Step = _generation };
    }

    /// <summary>Ends the context: gives all memory back and disposes the back end.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        DisposeLanes();
        _disposed = true;
        Arena.Dispose();
        _ids?.Dispose();
        foreach (DeviceBuffer buffer in _persistent) buffer.Dispose();
        _persistent.Clear();
        Backend.Dispose();
    }

    internal float[] Download(BufferView view)
    {
        var values = new float[view.Length];
        Backend.Download(view, values);
        return values;
    }

    internal double[] DownloadDouble(BufferView view)
    {
        var values = new double[view.Length];
        Backend.Download(view, values);
        return values;
    }

    internal void EndStep()
    {
        if (_disposed) return;
        Array.Clear(_nodes, _persistentCount, _count - _persistentCount);
        _count = _persistentCount;
        _generation++;
        InStep = false;
        Arena.Reset();
        _ids?.Reset();
    }

    internal void EndNoGrad(int outer) => _noGrad = outer;

    internal BufferView AllocatePersistent(long length, ElementType type)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DeviceBuffer buffer = Backend.Allocate(length, type);
        _persistent.Add(buffer);
        return buffer.View;
    }

    /// <summary>Whether ids made in a step are still there; those made outside of one always are.</summary>
    internal bool Holds(in Indices ids) => !_disposed && (ids.Step == 0 || (InStep && ids.Step == _generation));

    internal Tensor Empty(Shape shape, bool requiresGradient)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var node = new Node
        {
            Data = InStep ? Arena.Allocate(shape.Count) : AllocatePersistent(shape.Count, ElementType.Real),
            Shape = shape,
            RequiresGradient = requiresGradient,
        };
        Tensor tensor = Add(node);
        if (!InStep) _persistentCount = _count;
        return tensor;
    }
}
