namespace MiniGrad;

/// <summary>Turns gradients into new parameters. A parameter without a gradient is left alone: no momentum, no decay, no state.</summary>
public interface IOptimizer
{
    /// <summary>
    /// Takes a step with the gradients there are, which are not modified. When one is not finite, parameters and state
    /// stay as they are and <see cref="GradientGuard.Gate"/> is 0. Nothing is downloaded.
    /// </summary>
    /// <param name="scheduleFactor">What the schedule multiplies every learning rate by, such as <c>schedule.At(step)</c>.</param>
    /// <param name="observe">How much of the step is measured; nothing by default, since it costs time.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    void Step(double scheduleFactor = 1, Observation observe = Observation.Nothing);

    /// <summary>Forgets all gradients.</summary>
    void ZeroGradients();

    /// <summary>The parameters that are trained, and norm, clip factor and gate of the last step.</summary>
    GradientGuard Gradients { get; }

    /// <summary>The state there is, as checkpoints save it. A parameter that never had a gradient has none.</summary>
    IReadOnlyList<StateTensor> State { get; }

    /// <summary>State by name, made (of zeros) if it is not there yet: where a checkpoint is loaded to.</summary>
    /// <param name="name">A name such as <c>h.0.attn.qkv.weight/momentum</c>.</param>
    /// <exception cref="ArgumentException">The optimizer keeps no state of this name; the message names the nearest.</exception>
    StateTensor RequireState(string name);
}

/// <summary>The one interface that the training harness holds: an optimizer of which a part may orthogonalize. Anybody may implement it.</summary>
public interface IOrthogonalizedOptimizer : IOptimizer
{
    /// <summary>Which parameters are orthogonalized, and how fast they learn.</summary>
    Routing Routing { get; }

    /// <summary>What the last observed step did; its numbers stay on the back end until they are read.</summary>
    OptimizerDiagnostics Diagnostics { get; }
}
