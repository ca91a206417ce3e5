using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// An exponential moving average of all weights: after every step a ← d·a + (1 − d)·w, from the weights that it begins with
/// (Polyak averaging; PyTorch's <c>get_ema_multi_avg_fn</c>). A step that is masked changes nothing. It is part of the optimizer's
/// state, so that checkpoints have it.
/// </summary>
public sealed class WeightAverage
{
    /// <summary>What names of its state end with.</summary>
    internal const string Suffix = "/average";

    private readonly ComputeContext _context;
    private readonly Parameter[] _parameters;
    private readonly BufferView[] _averages;
    private BufferView _spare;

    internal WeightAverage(ComputeContext context, IEnumerable<Parameter> parameters, double decay)
    {
        if (!(decay is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), $"the decay of the weights' average is {decay}; expected at least 0 and below 1, such as 0.999");
        (_context, Decay) = (context, decay);
        _parameters = [.. parameters.Distinct()];
        _averages = [.. _parameters.Select(p =>
        {
            BufferView copy = _context.AllocatePersistent(p.Shape.Count, ElementType.Real);
            _context.Backend.Copy(p.Data, copy);
            return copy;
        })];
    }

    /// <summary>d, the share of the average that a step leaves.</summary>
    public double Decay { get; }

    /// <summary>The averages: one a parameter, of its shape, called after it.</summary>
    public IReadOnlyList<StateTensor> State => [.. _parameters.Select((p, i) => new StateTensor(p.Name + Suffix, p.Shape, _averages[i]))];

    /// <summary>Puts the averages in the weights' place until the result is disposed, for an evaluation; nothing is trained or saved meanwhile.</summary>
    public IDisposable Apply()
    {
        if (_spare.IsEmpty) _spare = _context.AllocatePersistent(_parameters.Max(p => p.Shape.Count), ElementType.Real);
        Exchange();
        return new Applied(this);
    }

    /// <summary>Takes a step's weights in.</summary>
    internal void Update(BufferView gate)
    {
        for (int i = 0; i < _parameters.Length; i++) _context.Backend.Axpby(1 - Decay, default, _parameters[i].Data, Decay, _averages[i], _averages[i], gate);
    }

    /// <summary>The parameter that a state of this name is of, or null.</summary>
    internal Parameter? ParameterOf(string state) => _parameters.FirstOrDefault(p => p.Name + Suffix == state);

    private void Exchange()
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            BufferView weights = _parameters[i].Data, spare = _spare.Slice(0, weights.Length);
            _context.Backend.Copy(weights, spare);
            _context.Backend.Copy(_averages[i], weights);
            _context.Backend.Copy(spare, _averages[i]);
        }
    }

    private sealed class Applied(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.Exchange();
    }
}
