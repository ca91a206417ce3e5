using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>Any module on batches that a function of (step, micro-batch) makes, with a loss that a function computes.</summary>
/// <param name="module">The module.</param>
/// <param name="loss">
/// The loss of a micro-batch, inside a step: make its tensors there, as a function of step and micro-batch alone, so that a
/// resumed training sees what an unbroken one does. The trainer divides by the number of examples of the step, so it is a sum over examples.
/// </param>
public sealed class ModuleTask(Module module, Func<int, int, Tensor> loss) : ITrainingTask
{
    private int _step;
    private int _micro;

    /// <inheritdoc/>
    public ComputeContext Context => module.Context;

    /// <inheritdoc/>
    public int TokensPerExample => 1;

    /// <inheritdoc/>
    public void Choose(int step, int micro, ref BatchFingerprint fingerprint)
    {
        (_step, _micro) = (step, micro);
        fingerprint.Add([step, micro]);
    }

    /// <inheritdoc/>
    public Tensor Loss(double tokens) => loss(_step, _micro) / tokens;
}
