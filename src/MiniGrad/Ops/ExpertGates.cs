using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// The weights of the chosen experts: <c>g = m ⊙ s / S</c> with m the mask of the choice and <c>S = Σ m ⊙ s</c>, so that a
/// token's gates sum to 1; <c>dS = m ⊙ (dG − ⟨dG, g⟩)/S</c> (DeepSeek-V3, arXiv 2412.19437, §2.1.2, eq. 13).
/// The bias of the choice has no derivative. In its gradient's place the backward pass counts the tokens of each
/// expert, so that its load is summed over micro-batches and ranks as gradients are, and only where one trains.
/// </summary>
public sealed class ExpertGates : Op
{
    private static readonly ExpertGates Instance = new();

    private ExpertGates()
    {
    }

    /// <inheritdoc/>
    public override string Name => "expert_gates";

    /// <summary>Normalizes the scores of the chosen experts.</summary>
    /// <param name="scores">Affinities above 0, (…,E).</param>
    /// <param name="routing">The choice.</param>
    /// <param name="bias">The bias that the choice was made with, (E), which receives the load; or the default.</param>
    /// <returns>The gates, (…,E).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor scores, in ExpertRouting routing, Tensor bias = default)
    {
        ComputeContext context = scores.Context;
        bool tracked = context.Tracks(Instance.Name, scores, routing.Tensor, bias);
        ExpertSizes sizes = routing.Sizes;
        routing.Check(Instance.Name, "scores", scores.Shape, sizes.Tokens);
        if (scores.Shape[-1] != sizes.Experts) throw Errors.Shape(Instance.Name, scores.Shape, $"the last size must be the {sizes.Experts} experts of the routing");
        IBackend backend = context.Backend;
        BufferView gates = context.Allocate(scores.Shape.Count), sums = context.Allocate(sizes.Tokens);
        backend.Binary(BinaryOperation.Multiply, Whole(sizes), scores.Data, routing.Mask, gates, accumulate: false);
        backend.SumAxis(sizes.Tokens, sizes.Experts, 1, 1, gates, sums, accumulate: false);
        backend.Binary(BinaryOperation.Divide, PerToken(sizes), gates, sums, gates, accumulate: false);
        if (!tracked) context.Arena.Release(sums);
        OpState state = OpState.With(sizes) with { Saved0 = tracked ? sums : default };
        return context.Record(Instance, gates, scores.Shape, state, scores, routing.Tensor, bias);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        IBackend backend = entry.Backend;
        ExpertSizes sizes = entry.State.Settings<ExpertSizes>();
        BufferView mask = ExpertRouting.MaskOf(entry.InputData(1), sizes);
        if (entry.Wants(0))
        {
            GradientTarget dScores = entry.GradientOf(0);
            BufferView scaled = entry.Allocate(entry.Shape.Count), inner = entry.Allocate(sizes.Tokens);
            backend.Binary(BinaryOperation.Multiply, Whole(sizes), entry.Gradient, entry.Output, scaled, accumulate: false);
            backend.SumAxis(sizes.Tokens, sizes.Experts, 1, 1, scaled, inner, accumulate: false);
            backend.Binary(BinaryOperation.Subtract, PerToken(sizes), entry.Gradient, inner, scaled, accumulate: false);
            backend.Binary(BinaryOperation.Divide, PerToken(sizes), scaled, entry.State.Saved0, scaled, accumulate: false);
            backend.Binary(BinaryOperation.Multiply, Whole(sizes), scaled, mask, dScores.View, dScores.Accumulate);
            entry.Release(scaled);
            entry.Release(inner);
        }
        if (!entry.Wants(2)) return;
        GradientTarget load = entry.GradientOf(2);
        backend.SumAxis(1, sizes.Tokens, sizes.Experts, 1, mask, load.View, load.Accumulate);
    }

    private static BroadcastLayout Whole(in ExpertSizes sizes) => BroadcastLayout.For([sizes.Tokens, sizes.Experts], [sizes.Tokens, sizes.Experts])!.Value;

    private static BroadcastLayout PerToken(in ExpertSizes sizes) => BroadcastLayout.For([sizes.Tokens, sizes.Experts], [sizes.Tokens, 1])!.Value;
}
