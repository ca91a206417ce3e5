using MiniGrad.Ops;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>
/// DeepSeek-V3's feed-forward layer (arXiv 2412.19437, §2.1.2): shared experts that see every token, and of E routed ones
/// the k with the largest <c>s + b</c>, <c>s = σ(W_r·n)</c>, weighted by their s, which are made to sum to 1. Each expert is
/// a <see cref="SwiGluLayer"/>; the routed ones' matrices are stacked, (E,out,in). The bias b balances the load.
/// </summary>
public sealed class MixtureOfExperts : IFeedForward
{
    private readonly Parameter _router;
    private readonly Parameter _bias;
    private readonly Parameter _gate;
    private readonly Parameter _up;
    private readonly Parameter _down;
    private readonly SwiGluLayer? _shared;
    private readonly int _topK;

    /// <summary>Makes the layer's parameters.</summary>
    /// <param name="factory">Makes and initializes parameters.</param>
    /// <param name="name">Its name, such as <c>model.layers.1.mlp</c>.</param>
    /// <param name="options">Sizes, with <see cref="GptOptions.Experts"/>.</param>
    /// <param name="residualDeviation">σ of the initial weights of projections onto the residual stream.</param>
    public MixtureOfExperts(ParameterFactory factory, string name, GptOptions options, double residualDeviation)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(options);
        ExpertOptions experts = options.Experts!;
        int width = options.NEmbd, inner = options.InnerSize, count = experts.Count;
        _topK = experts.TopK;
        _router = factory.Normal($"{name}.gate.weight", [count, width], ParameterRole.Router, Gpt.InitialDeviation);
        _bias = factory.ExpertBias($"{name}.gate.e_score_correction_bias", count, experts.BalanceRate);
        _gate = factory.Normal($"{name}.experts.gate_proj.weight", [count, inner, width], ParameterRole.ExpertMatrices, Gpt.InitialDeviation);
        _up = factory.Normal($"{name}.experts.up_proj.weight", [count, inner, width], ParameterRole.ExpertMatrices, Gpt.InitialDeviation);
        _down = factory.Normal($"{name}.experts.down_proj.weight", [count, width, inner], ParameterRole.ExpertMatrices, residualDeviation);
        if (experts.Shared > 0) _shared = new SwiGluLayer(factory, $"{name}.shared_experts", width, experts.Shared * inner, residualDeviation);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor n, Tensor residual)
    {
        Tensor scores = Linear.Apply(n, _router).Sigmoid();
        ExpertRouting routing = ExpertRouting.Select(scores, _bias, _topK);
        Tensor gates = ExpertGates.Apply(scores, routing, _bias);
        Tensor rows = Dispatch.Apply(n, routing);
        Tensor hidden = SwiGlu.Apply(ExpertLinear.Apply(rows, _gate, routing), ExpertLinear.Apply(rows, _up, routing));
        return Combine.Apply(ExpertLinear.Apply(hidden, _down, routing), gates, routing, _shared?.Forward(n, residual) ?? residual);
    }
}
