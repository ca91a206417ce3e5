using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>
/// A tensor: a 16-byte handle into its context's table, which is also the tape. A tensor made inside a step lives until
/// the step ends; using it later throws an <see cref="ObjectDisposedException"/> that names it. There is no span over its
/// data, which may lie on a device: <see cref="ToArray"/> and <see cref="Item"/> are explicit, counted transfers.
/// </summary>
public readonly partial struct Tensor : IEquatable<Tensor>
{
    private readonly ComputeContext? _context;
    private readonly int _slot;
    private readonly int _generation;

    internal Tensor(ComputeContext context, int slot, int generation) => (_context, _slot, _generation) = (context, slot, generation);

    internal int Slot => _slot;

    internal int Generation => _generation;

    private ref Node Node => ref Context.Resolve(this);

    /// <summary>Whether this is the default value, "no tensor".</summary>
    public bool IsEmpty => _context is null;

    /// <summary>The context that the tensor belongs to.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public ComputeContext Context => _context ?? throw new InvalidOperationException("this tensor is the default value: make tensors through a ComputeContext or an op");

    /// <summary>The sizes.</summary>
    /// <exception cref="ObjectDisposedException">The step that made the tensor has ended.</exception>
    public Shape Shape => Node.Shape;

    /// <summary>The data, in the back end's own memory.</summary>
    /// <exception cref="ObjectDisposedException">The step that made the tensor has ended.</exception>
    /// <exception cref="InvalidOperationException">Its memory was given back by the layer that made it.</exception>
    public BufferView Data => Node.IsDropped ? throw Errors.Dropped(Node.Label) : Node.Data;

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool RequiresGradient => Node.RequiresGradient;

    /// <summary>The gradient, or the default value when there is none. It shows what is there now, and is read only: the next backward pass adds to it. Gradients of intermediate results are recycled as the backward pass moves on.</summary>
    public Tensor Gradient => Context.GradientOf(this);

    /// <summary>The gradient's data, or the empty view when there is none.</summary>
    public BufferView GradientData => Node.HasGradient ? Node.Gradient : default;

    /// <summary>Downloads the data.</summary>
    public float[] ToArray() => Context.Download(Data);

    /// <summary>Downloads the data as float64.</summary>
    public double[] ToDoubleArray() => Context.DownloadDouble(Data);

    /// <summary>Downloads the only element.</summary>
    /// <exception cref="InvalidOperationException">There is more than one element, or none.</exception>
    public double Item()
    {
        if (Shape.Count != 1) throw new InvalidOperationException($"Item: a tensor of shape {Shape} has {Shape.Count} elements, not one; use ToArray()");
        Span<double> value = stackalloc double[1];
        Context.Backend.Download(Data, value);
        return value[0];
    }

    /// <summary>Uploads new data, as many elements as the tensor has.</summary>
    /// <param name="values">Row-major values.</param>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        Errors.Length("CopyFrom", values.Length, Shape);
        Context.Backend.Upload(Data, values);
    }

    /// <inheritdoc cref="CopyFrom(ReadOnlySpan{float})"/>
    public void CopyFrom(ReadOnlySpan<double> values)
    {
        Errors.Length("CopyFrom", values.Length, Shape);
        Context.Backend.Upload(Data, values);
    }

    /// <inheritdoc/>
    public bool Equals(Tensor other) => ReferenceEquals(_context, other._context) && _slot == other._slot && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_slot, _generation);

    /// <summary>Whether two handles name the same tensor.</summary>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Whether two handles name different tensors.</summary>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    /// <summary>What it is, its shape and where it lives; no data is transferred.</summary>
    public string Describe() => IsEmpty ? "no tensor" : !Context.IsAlive(this) ? "a tensor that is gone: its step has ended" : $"tensor {Node.Label} of shape {Shape} on {Context.Backend.Name}";

    /// <summary>The values as NumPy prints them, which downloads them; of a tensor that is gone, that it is.</summary>
    public override string ToString() => IsEmpty || !Context.IsAlive(this) ? Describe() : TensorText.Of(Shape, ToDoubleArray(), Context.Backend.RealSize == sizeof(float));
}
