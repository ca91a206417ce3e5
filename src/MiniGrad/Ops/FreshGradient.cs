using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// Memory that a kernel may overwrite with an input's gradient, whether or not the input has one already or wants one:
/// for kernels that write several gradients at once, as of q, k and v, which may even be one tensor.
/// </summary>
internal readonly struct FreshGradient
{
    private readonly GradientTarget _target;
    private readonly bool _direct;

    /// <summary>The input's own gradient where nothing is in it yet, else scratch memory.</summary>
    public FreshGradient(in TapeEntry entry, int input)
    {
        _target = entry.GradientOf(input);
        _direct = !_target.View.IsEmpty && !_target.Accumulate;
        View = _direct ? _target.View : entry.Allocate(entry.InputShape(input).Count);
    }

    /// <summary>Where the kernel writes.</summary>
    public BufferView View { get; }

    /// <summary>After the kernel: adds what was written to the gradient, where it is not there already.</summary>
    public void Finish(in TapeEntry entry)
    {
        if (_direct) return;
        if (!_target.View.IsEmpty) entry.Backend.Axpby(1, default, View, 1, _target.View, _target.View, default);
        entry.Release(View);
    }
}
