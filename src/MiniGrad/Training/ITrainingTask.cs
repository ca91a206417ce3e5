using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>What a <see cref="Trainer"/> trains: a model with a loss, on batches that are a function of step and micro-batch.</summary>
public interface ITrainingTask
{
    /// <summary>Where the model lives.</summary>
    ComputeContext Context { get; }

    /// <summary>What an example counts for: the tokens of a sequence, or 1.</summary>
    int TokensPerExample { get; }

    /// <summary>Goes on to a micro-batch, and adds it to the run's fingerprint: on every rank, so that all have the same.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="micro">The micro-batch, from 0.</param>
    /// <param name="fingerprint">What the run has seen so far.</param>
    void Choose(int step, int micro, ref BatchFingerprint fingerprint);

    /// <summary>The loss of the micro-batch chosen last, inside a step. Those of all micro-batches of a step add up to the step's.</summary>
    /// <param name="tokens">What the step's loss is divided by: examples of the whole step times <see cref="TokensPerExample"/>.</param>
    Tensor Loss(double tokens);
}
