using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>
/// DeepSeek-V3's feed-forward layer (arXiv 2412.19437, §2.1.2): shared experts that see every token, and of E routed ones
/// the k with the largest <c>s + b</c>, <c>s = σ(W_r·n)</c>, weighted by their s, which are made to sum to 1. Each expert is
/// a <see cref="SwiGluLayer"/>; the routed ones' matrices are stacked, (E,out,in). The bias b balances the load.
/// </summary>
public sealed class MixtureOfExperts : FeedForward
{
    private readonly Parameter _router;
    private readonly Parameter _bias;
    private readonly Parameter _gate;
    private readonly Parameter _up;
    private readonly Parameter _down;
    private readonly SwiGluLayer? _shared;
    private readonly int _topK;

    /// <summary>A layer with <c>gate</c>, <c>experts</c> and <c>shared_experts</c>.</summary>
    /// <param name="width">C.</param>
    /// <param name="inner">Width of an expert.</param>
    /// <param name="experts">How many experts there are and how they are chosen.</param>
    /// <param name="initial">Where the router and the projections from the residual stream start.</param>
    /// <param name="residualInitial">Where the projections onto it start.</param>
    public MixtureOfExperts(int width, int inner, ExpertOptions experts, Initial initial, Initial residualInitial)
    {
        ArgumentNullException.ThrowIfNull(experts);
        int count = experts.Count;
        _topK = experts.TopK;
        _router = Add("gate.weight", [count, width], ParameterRole.Router, initial);
        _bias = AddExpertBias("gate.e_score_correction_bias", count, experts.BalanceRate);
        _gate = Add("experts.gate_proj.weight", [count, inner, width], ParameterRole.ExpertMatrices, initial);
        _up = Add("experts.up_proj.weight", [count, inner, width], ParameterRole.ExpertMatrices, initial);
        _down = Add("experts.down_proj.weight", [count, width, inner], ParameterRole.ExpertMatrices, residualInitial);
        if (experts.Shared > 0) _shared = Add("shared_experts", new SwiGluLayer(width, experts.Shared * inner, initial, residualInitial));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor n, Tensor residual)
    {
        // The router decides which expert a token sees, so it is multiplied as it is.
        Tensor scores = LinearOp.Apply(n, _router).Sigmoid();
        ExpertRouting routing = ExpertRouting.Select(scores, _bias, _topK);
        Tensor gates = ExpertGates.Apply(scores, routing, _bias);
        Tensor rows = Dispatch.Apply(n, routing);
        Tensor hidden = SwiGlu.Apply(ExpertLinear.Apply(rows, _gate, routing, Precision), ExpertLinear.Apply(rows, _up, routing, Precision));
        return Combine.Apply(ExpertLinear.Apply(hidden, _down, routing, Precision), gates, routing, _shared?.Forward(n, residual) ?? residual);
    }
}
