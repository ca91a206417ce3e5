using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// The gradient of a batch 16 times as large as a step's, of rows that no step is trained on for its own sake, and whether a step
/// goes against it. Taking it changes nothing of the run.
/// </summary>
internal sealed class LargeBatch
{
    /// <summary>How many batches it is.</summary>
    public const int Batches = 16;

    private const ulong Apart = 2UL << 32; // neither a run's batches nor a branch's

    private readonly TrainingSession _session;
    private readonly BatchSampler _sampler;
    private readonly Indices _inputs, _targets;
    private readonly int[] _inputIds, _targetIds;
    private readonly Parameter[] _matrices;
    private readonly AttentionHeads[] _heads;
    private Dictionary<string, (float[] Weights, float[] Gradient)> _before = [];

    public LargeBatch(TrainingSession session, Workload workload, ulong seed)
    {
        RunSettings settings = workload.Settings;
        int rows = settings.Training.ResolvedMicroBatchSize, block = settings.Model.BlockSize;
        _session = session;
        _sampler = new BatchSampler(workload.Data.Train, Batches * settings.Batch, block, seed + Apart);
        (_inputs, _targets) = (session.Context.Indices([rows, block]), session.Context.Indices([rows, block]));
        (_inputIds, _targetIds) = (new int[rows * block], new int[rows * block]);
        _heads = [.. session.Model.Parameters.Where(p => p.Heads is not null).Select(p => p.Heads!.Value.Attention).Distinct()];
        _matrices = [.. session.Model.Parameters.Where(p => p.Shape.Rank > 1 && p.IsTrained)];
    }

    /// <summary>Remembers weights and gradient before a step.</summary>
    /// <param name="step">The step, from 1; its number draws the rows.</param>
    public void Before(long step)
    {
        _session.Optimizer.ZeroGradients();
        for (int micro = 0; micro < _sampler.BatchSize * _sampler.BlockSize / _inputIds.Length; micro++)
        {
            _sampler.Fill(step, micro, _inputIds, _targetIds);
            _inputs.CopyFrom(_inputIds);
            _targets.CopyFrom(_targetIds);
            using StepScope scope = _session.Context.BeginStep();
            _session.Model.Loss(_inputs, _targets).Backward();
        }
        _before = _matrices.Where(p => p.HasGradient).ToDictionary(p => p.Name, p => (p.Tensor.ToArray(), p.Gradient.ToArray()));
        _session.Optimizer.ZeroGradients();
        // Nor are these the logits that QK-clip looks at.
        foreach (AttentionHeads heads in _heads) heads.Forget();
    }

    /// <summary>The cosine between what a step has done to a matrix, weight decay included, and the direction against that gradient; null where there was none.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="after">Its weights after the step.</param>
    public double? Cosine(string parameter, ReadOnlySpan<float> after)
    {
        if (!_before.TryGetValue(parameter, out (float[] Weights, float[] Gradient) before)) return null;
        double product = 0, moved = 0, length = 0;
        for (int i = 0; i < after.Length; i++)
        {
            double move = (double)after[i] - before.Weights[i], gradient = before.Gradient[i];
            product -= move * gradient;
            moved += move * move;
            length += gradient * gradient;
        }
        return moved > 0 && length > 0 ? product / Math.Sqrt(moved * length) : null;
    }

    /// <summary>Forgets the step.</summary>
    public void Forget() => _before = [];
}
