using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// Which experts each token of a step goes to. The choice has no derivative; what follows from it (<see cref="ExpertGates"/>,
/// <see cref="Dispatch"/>, <see cref="ExpertLinear"/>, <see cref="Combine"/>) has. It stays on the back end: a temporary
/// with the mask, tokens × experts, and behind it the back end's plan.
/// </summary>
public readonly record struct ExpertRouting
{
    private const string Name = "expert_routing";

    private ExpertRouting(Tensor tensor, in ExpertSizes sizes) => (Tensor, Sizes) = (tensor, sizes);

    /// <summary>The temporary that holds it.</summary>
    public Tensor Tensor { get; }

    /// <summary>Tokens, experts, and experts of a token.</summary>
    public ExpertSizes Sizes { get; }

    /// <summary>1 where an expert was chosen, else 0; (N,E).</summary>
    public BufferView Mask => MaskOf(Tensor.Data, Sizes);

    /// <summary>Rows that all experts see together, R.</summary>
    public int Rows => Tensor.Context.Backend.ExpertRows(Sizes);

    /// <summary>Chooses for each token the k experts with the largest score + bias; of equal ones those of lower index.</summary>
    /// <param name="scores">Affinities, (…,E). No gradient flows through the choice.</param>
    /// <param name="bias">One an expert, (E).</param>
    /// <param name="topK">k.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or k is not from 1 to E.</exception>
    public static ExpertRouting Select(Tensor scores, Tensor bias, int topK)
    {
        ComputeContext context = scores.Context;
        context.Tracks(Name, scores, bias);
        Shapes.HasColumns(Name, scores.Shape);
        var sizes = new ExpertSizes(scores.Shape.Rows, scores.Shape.Columns, topK);
        Shapes.IsVector(Name, "bias", bias.Shape, scores.Shape, sizes.Experts);
        if (topK < 1 || topK > sizes.Experts) throw Errors.Setting(Name, "topK", topK, $"it must be from 1 to the {sizes.Experts} experts");
        IBackend backend = context.Backend;
        int length = checked((int)(scores.Shape.Count + backend.ExpertPlanLength(sizes)));
        var routing = new ExpertRouting(context.Full([length], 0), sizes);
        BufferView scratch = context.Allocate(backend.ExpertScratchLength(sizes));
        backend.SelectExperts(sizes, scores.Data, bias.Data, scratch, routing.Mask, PlanOf(routing.Tensor.Data, sizes));
        context.Arena.Release(scratch);
        return routing;
    }

    /// <summary>Checks that a tensor has so many rows, in matrices of the last dimension.</summary>
    internal void Check(string op, string what, Shape shape, int rows)
    {
        if (shape.Rank == 0 || Shapes.Leading(shape, 1) != rows) throw Errors.Shape(op, shape, $"the {what} must have {rows} rows, as this routing of {Sizes.Tokens} tokens to {Sizes.TopK} of {Sizes.Experts} experts says");
    }

    /// <summary>The mask's part of the temporary.</summary>
    internal static BufferView MaskOf(BufferView routing, in ExpertSizes sizes) => routing.Slice(0, (long)sizes.Tokens * sizes.Experts);

    /// <summary>The plan's part of the temporary.</summary>
    internal static BufferView PlanOf(BufferView routing, in ExpertSizes sizes)
    {
        long mask = (long)sizes.Tokens * sizes.Experts;
        return routing.Slice(mask, routing.Length - mask);
    }
}
