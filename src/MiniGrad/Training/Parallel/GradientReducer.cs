using MiniGrad.Distributed;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>
/// Sums gradients over the ranks of a data-parallel run, bucket by bucket: small tensors share a bucket, large ones take
/// several. In front of the first go, for every parameter, whether this rank has a gradient of it (with routed experts one
/// rank may have what another has not), then the loss and what is asked for:
/// a stop, a checkpoint.
/// </summary>
internal sealed class GradientReducer
{
    private readonly ComputeContext _context;
    private readonly ICommunicator _ranks;
    private readonly Parameter[] _parameters;
    private readonly ReductionBuffer _bucket;
    private readonly bool[] _wanted;
    private readonly int _header;

    /// <summary>A reducer.</summary>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="parameters">The parameters, in the same order on every rank.</param>
    /// <param name="bucket">Elements of a bucket.</param>
    public GradientReducer(ComputeContext context, ICommunicator ranks, IEnumerable<Parameter> parameters, int bucket)
    {
        (_context, _ranks, _parameters) = (context, ranks, [.. parameters]);
        _wanted = new bool[_parameters.Length];
        _header = _parameters.Length + 3;
        _bucket = new ReductionBuffer(context.Backend, _header + bucket);
    }

    /// <summary>Sums gradients and loss; afterwards they are the same, bit for bit, on every rank.</summary>
    /// <param name="loss">This rank's part of the loss, and then the sum.</param>
    /// <param name="stop">Whether this rank was asked to stop.</param>
    /// <param name="save">Whether this rank wants a checkpoint.</param>
    /// <returns>Whether any rank was asked to stop, and whether any wants a checkpoint.</returns>
    public (bool Stop, bool Save) Reduce(BufferView loss, bool stop, bool save)
    {
        for (int i = 0; i < _parameters.Length; i++) _bucket[i] = _parameters[i].HasGradient ? 1 : 0;
        _bucket.Load(loss, _parameters.Length);
        _bucket[_parameters.Length + 1] = stop ? 1 : 0;
        _bucket[_parameters.Length + 2] = save ? 1 : 0;
        (bool, bool) wishes = (false, false);
        // A cursor over all gradients as if they lay one after the other.
        (int parameter, long offset) = (0, 0);
        for (int first = _header; parameter < _parameters.Length; first = 0)
        {
            (int nextParameter, long nextOffset, int end) = Pass(parameter, offset, first, load: true);
            _bucket.Reduce(_ranks, end);
            if (first == _header) wishes = ReadHeader(loss);
            Pass(parameter, offset, first, load: false);
            (parameter, offset) = (nextParameter, nextOffset);
        }
        return wishes;
    }

    private (bool, bool) ReadHeader(BufferView loss)
    {
        for (int i = 0; i < _parameters.Length; i++) _wanted[i] = _bucket[i] > 0;
        _bucket.Store(_parameters.Length, loss);
        return (_bucket[_parameters.Length + 1] > 0, _bucket[_parameters.Length + 2] > 0);
    }

    /// <summary>Fills the bucket from the cursor on, or empties it into the gradients; returns where the next one begins and how full this one is.</summary>
    private (int Parameter, long Offset, int End) Pass(int parameter, long offset, int at, bool load)
    {
        while (parameter < _parameters.Length && at < _bucket.Length)
        {
            Parameter current = _parameters[parameter];
            int count = (int)Math.Min(_bucket.Length - at, current.Shape.Count - offset);
            if (load) Load(current, offset, at, count);
            else if (_wanted[parameter]) Store(current, offset, at, count);
            at += count;
            offset += count;
            if (offset == current.Shape.Count) (parameter, offset) = (parameter + 1, 0);
        }
        return (parameter, offset, at);
    }

    private void Load(Parameter parameter, long offset, int at, int count)
    {
        if (parameter.HasGradient) _bucket.Load(parameter.GradientData.Slice(offset, count), at);
        else _bucket.Clear(at, count);
    }

    private void Store(Parameter parameter, long offset, int at, int count)
    {
        BufferView gradient = parameter.HasGradient ? parameter.GradientData : _context.GradientTarget(parameter.Tensor.Slot).View;
        _bucket.Store(at, gradient.Slice(offset, count));
    }
}
