using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>The few numbers of a step that the host wants, side by side on the back end, so that one small transfer fetches them.</summary>
internal sealed class MetricsBlock(ComputeContext context)
{
    private const int Size = 5;
    private readonly BufferView _block = context.Persistent(Size);
    private readonly double[] _values = new double[Size];

    /// <summary>The step's loss, summed over its micro-batches.</summary>
    public BufferView LossView => _block.Element(0);

    public double Loss => _values[0];

    public double GradientNorm => _values[1];

    /// <summary>Whether the gradient was finite, so that the step was taken.</summary>
    public bool Taken => _values[2] != 0;

    public double UpdateRms => _values[3];

    /// <summary>How many steps were taken of those <see cref="Count"/>ed since the fetch before.</summary>
    public int TakenSinceFetch => (int)_values[4];

    /// <summary>Counts a step if its gate is open. Every step is counted, so none is missed where only logged steps are looked at.</summary>
    public void Count(BufferView gate) => context.Backend.Axpby(1, default, gate, 1, _block.Element(4), _block.Element(4), default);

    /// <summary>Gathers the optimizer's scalars beside the loss; nothing is transferred.</summary>
    public void Gather(BufferView gradientNorm, BufferView gate, BufferView updateRms)
    {
        IBackend backend = context.Backend;
        backend.Copy(gradientNorm, _block.Element(1));
        backend.Copy(gate, _block.Element(2));
        backend.Copy(updateRms, _block.Element(3));
    }

    /// <summary>Fetches the block, the one download of a logged step, and begins a new count.</summary>
    public void Fetch()
    {
        context.Backend.Download(_block, _values);
        context.Backend.Fill(_block.Element(4), 0);
    }
}
