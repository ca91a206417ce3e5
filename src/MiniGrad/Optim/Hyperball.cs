using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Keeps the norm of every weight: after the step <c>W ← W·R/‖W‖</c>, R being ‖W‖ before the first step (the idea of
/// MuonHyperball in NVIDIA's Emerging-Optimizers). Only the direction of a weight is trained.
/// </summary>
public sealed record Hyperball : IStepHook
{
    /// <inheritdoc/>
    public string Name => "hyperball";

    /// <inheritdoc/>
    public string Formula => "W ← W·R/‖W‖ after the step, R = ‖W‖ before the first";

    /// <inheritdoc/>
    public IReadOnlyList<StateSchema> State(Shape matrix) => [new("hyperballNorm", [])];

    /// <inheritdoc/>
    public void Check(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!Array.TrueForAll(parameter.Tensor.ToArray(), value => value == 0)) return;
        throw new ArgumentException($"hook 'hyperball' keeps the norm of '{parameter.Name}', which is 0, so it could never move; exclude it (routing.exclude) or give it initial weights");
    }

    /// <inheritdoc/>
    public void Begin(StageContext context) => context.Backend.Norm(context.Weight, context.State(0));

    /// <inheritdoc/>
    public void Before(StageContext context)
    {
    }

    /// <inheritdoc/>
    public void After(StageContext context)
    {
        IBackend backend = context.Backend;
        BufferView norm = context.Scratch(1);
        backend.Norm(context.Weight, norm);
        BufferView factor = context.Quotient(context.State(0), norm);
        backend.Axpby(1, factor, context.Weight, 0, default, context.Weight, context.Gate);
    }
}
