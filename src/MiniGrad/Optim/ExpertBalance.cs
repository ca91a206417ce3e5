using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>
/// Load balance without an auxiliary loss (DeepSeek-V3, arXiv 2412.19437, §2.1.2; Wang et al., arXiv 2408.15664): after a
/// step, the bias of each expert moves by <c>γ·sign(mean load − load)</c>, so that the overloaded are chosen less. The load
/// is what the step's backward passes left in the place of the bias's gradient; it stays on the back end.
/// </summary>
internal sealed class ExpertBalance
{
    private readonly ComputeContext _context;
    private readonly Parameter[] _biases;
    private readonly BufferView[] _shortfalls;
    private readonly BufferView _total;

    /// <summary>The balance of the layers whose biases are given.</summary>
    public ExpertBalance(ComputeContext context, IReadOnlyList<Parameter> biases)
    {
        (_context, _biases) = (context, [.. biases]);
        _shortfalls = [.. biases.Select(bias => context.Persistent(bias.Shape.Count))];
        if (_biases.Length > 0) _total = context.Persistent(1);
    }

    /// <summary>Moves the biases of the layers that were trained; a masked step changes nothing.</summary>
    public void Apply(BufferView gate)
    {
        for (int i = 0; i < _biases.Length; i++)
        {
            if (_biases[i].HasGradient) Apply(_biases[i], _shortfalls[i], gate);
        }
    }

    /// <summary>Forgets the loads.</summary>
    public void Forget()
    {
        foreach (Parameter bias in _biases) bias.ZeroGradient();
    }

    private void Apply(Parameter bias, BufferView shortfall, BufferView gate)
    {
        IBackend backend = _context.Backend;
        int experts = bias.Shape[0];
        // E·(mean − load) instead of mean − load: of whole numbers, so that an equal load is exactly 0.
        backend.SumAxis(1, experts, 1, 1, bias.GradientData, _total, accumulate: false);
        backend.Axpby(experts, default, bias.GradientData, 0, default, shortfall, default);
        backend.Binary(BinaryOperation.Subtract, BroadcastLayout.For([1], [experts])!.Value, _total, shortfall, shortfall, accumulate: false);
        backend.Unary(UnaryOperation.Sign, shortfall, shortfall);
        backend.Axpby(bias.BalanceRate, default, shortfall, 1, bias.Data, bias.Data, gate);
    }
}
