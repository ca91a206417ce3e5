using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Training;

/// <summary>The few numbers of a step that the host wants, side by side on the back end, so that one small transfer fetches them.</summary>
internal sealed class MetricsBlock(ComputeContext context)
{
    private const int Size = 4;
    private readonly BufferView _block = context.Persistent(Size);
    private readonly double[] _values = new double[Size];

    /// <summary>The step's loss, summed over its micro-batches.</summary>
    public BufferView LossView => _block.Element(0);

    public double Loss => _values[0];

    public double GradientNorm => _values[1];

    /// <summary>Whether the gradient was finite, so that the step was taken.</summary>
    public bool Taken => _values[2] != 0;

    public double UpdateRms => _values[3];

    /// <summary>Gathers the optimizer's scalars beside the loss; nothing is transferred.</summary>
    public void Gather(BufferView gradientNorm, BufferView gate, BufferView updateRms)
    {
        IBackend backend = context.Backend;
        backend.Copy(gradientNorm, _block.Element(1));
        backend.Copy(gate, _block.Element(2));
        backend.Copy(updateRms, _block.Element(3));
    }

    /// <summary>Fetches the block: the one download of a logged step.</summary>
    public void Fetch() => context.Backend.Download(_block, _values);
}
