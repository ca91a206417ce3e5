using MiniGrad.Memory;
using MiniGrad.Optim.Stages;

namespace MiniGrad.Optim;

/// <summary>Turns gradients into new parameters. A parameter without a gradient is left alone: no momentum, no decay, no state.</summary>
public interface IOptimizer
{
    /// <summary>The hyper-parameters.</summary>
    OptimizerOptions Options { get; }

    /// <summary>
    /// Takes a step with the gradients there are, which are not modified. When one is not finite, parameters and state
    /// stay as they are and <see cref="GradientGuard.Gate"/> is 0. Nothing is downloaded.
    /// </summary>
    /// <param name="scheduleFactor">What the schedule multiplies every group's learning rate by, such as <c>schedule.At(step)</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    void Step(double scheduleFactor = 1);

    /// <summary>Forgets all gradients.</summary>
    void ZeroGradients();

    /// <summary>Norm, clip factor and gate of the last step.</summary>
    GradientGuard Gradients { get; }

    /// <summary>The state there is, as checkpoints save it. A parameter that never had a gradient has none.</summary>
    IReadOnlyList<StateTensor> State { get; }

    /// <summary>State by name, made (of zeros) if it is not there yet: where a checkpoint is loaded to.</summary>
    /// <param name="name">A name such as <c>h.0.attn.qkv.weight/momentum</c>.</param>
    /// <exception cref="ArgumentException">The optimizer keeps no state of this name; the message names the nearest.</exception>
    StateTensor RequireState(string name);

    /// <summary>The same, or null where the state is another process's, which updates the parameter.</summary>
    /// <param name="name">A name such as <c>h.0.attn.qkv.weight/momentum</c>.</param>
    /// <exception cref="ArgumentException">The optimizer keeps no state of this name; the message names the nearest.</exception>
    StateTensor? RequireOwnState(string name) => RequireState(name);
}

/// <summary>The one interface that the training harness sees: an optimizer of which a part may orthogonalize.</summary>
public interface IOrthogonalizedOptimizer : IOptimizer
{
    /// <summary>Which parameters are orthogonalized.</summary>
    Routing Routing { get; }

    /// <summary>The orthogonalized group, then the auxiliary one; either may be empty.</summary>
    IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The stages of the main pipeline, with their formulas.</summary>
    IReadOnlyList<Stage> Stages { get; }

    /// <summary>The parameters that this process updates, or null for all of them. Set before the first step.</summary>
    IParameterShare? Share { get; set; }

    /// <summary>Matrices that the last step orthogonalized.</summary>
    int MatricesOrthogonalized { get; }

    /// <summary>How much of <see cref="Diagnostics"/> the steps fill; nothing by default, since it costs time.</summary>
    Observation Observe { get; set; }

    /// <summary>What the last observed step did.</summary>
    OptimizerDiagnostics Diagnostics { get; }

    /// <summary>The root mean square of the last observed step before learning rate and decay, over all matrices inside the blocks, whoever optimizes them.</summary>
    BufferView UpdateRms { get; }
}
