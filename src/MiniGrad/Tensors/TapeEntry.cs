using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>Where an op's backward pass writes the gradient of one input.</summary>
/// <param name="View">The gradient's memory.</param>
/// <param name="Accumulate">Whether it holds a gradient already, so that the kernel must add to it.</param>
public readonly record struct GradientTarget(BufferView View, bool Accumulate);

/// <summary>One recorded result, as its op's backward pass sees it.</summary>
public readonly ref struct TapeEntry
{
    private readonly ComputeContext _context;
    private readonly int _slot;

    internal TapeEntry(ComputeContext context, int slot) => (_context, _slot) = (context, slot);

    private ref Node Node => ref _context.NodeAt(_slot);

    /// <summary>The context.</summary>
    public ComputeContext Context => _context;

    /// <summary>The back end.</summary>
    public IBackend Backend => _context.Backend;

    /// <summary>The result's shape.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>Whether gradients flow to the result, so that the op kept what its backward pass needs.</summary>
    public bool RequiresGradient => Node.RequiresGradient;

    /// <summary>The result's data.</summary>
    public BufferView Output => Node.Data;

    /// <summary>The gradient of the result.</summary>
    public BufferView Gradient => Node.Gradient;

    /// <summary>What the op kept; read only.</summary>
    public OpState State => Node.State;

    /// <summary>Whether an input wants a gradient. False for an input that was not given.</summary>
    /// <param name="input">Index of the input.</param>
    /// <exception cref="InvalidOperationException">An earlier backward pass went through the input.</exception>
    public bool Wants(int input)
    {
        if (input >= Node.InputCount || Node.Input(input) < 0) return false;
        ref Node node = ref _context.NodeAt(Node.Input(input));
        return node.Differentiated ? throw Errors.Differentiated(node.Label) : node.RequiresGradient;
    }

    /// <summary>An input's data, or empty for an input that was not given.</summary>
    /// <param name="input">Index of the input.</param>
    public BufferView InputData(int input) => Node.Input(input) < 0 ? default : _context.DataAt(Node.Input(input));

    /// <summary>An input's place in the context's table, −1 for one that was not given.</summary>
    /// <param name="input">Index of the input.</param>
    internal int InputSlot(int input) => Node.Input(input);

    /// <summary>Says that an input's data is not read any more, so that memory which was made for it alone can be used for what comes.</summary>
    /// <param name="input">Index of the input.</param>
    public void DoneWith(int input)
    {
        ref Node node = ref _context.NodeAt(Node.Input(input));
        if (node.HasOneReader) _context.DropAgain(ref node);
    }

    /// <summary>Whether an input was not given.</summary>
    /// <param name="input">Index of the input.</param>
    public bool IsEmpty(int input) => input >= Node.InputCount || Node.Input(input) < 0;

    /// <summary>An input's shape.</summary>
    /// <param name="input">Index of the input.</param>
    public Shape InputShape(int input) => _context.NodeAt(Node.Input(input)).Shape;

    /// <summary>Memory for the gradient of an input, which counts as written from now on; empty when none is wanted.</summary>
    /// <param name="input">Index of the input.</param>
    public GradientTarget GradientOf(int input) => Wants(input) ? _context.GradientTarget(Node.Input(input)) : default;

    /// <summary>
    /// Adds this entry's whole gradient to that of an input of the same number of elements, handing the memory over instead
    /// of copying where that is possible. Call it last: the entry has no gradient afterwards.
    /// </summary>
    /// <param name="input">Index of the input.</param>
    public void PassGradient(int input)
    {
        if (Wants(input)) _context.PassGradient(_slot, Node.Input(input));
    }

    /// <summary>Memory that is given back by <see cref="Release"/> or when the step ends.</summary>
    /// <param name="length">Number of elements.</param>
    public BufferView Allocate(long length) => _context.Arena.Allocate(length);

    /// <summary>Gives memory from <see cref="Allocate"/> back.</summary>
    /// <param name="view">The memory.</param>
    public void Release(BufferView view) => _context.Arena.Release(view);
}
