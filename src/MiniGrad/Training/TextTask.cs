using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>A language model on windows of a text.</summary>
internal sealed class TextTask : ITrainingTask
{
    private readonly ILanguageModel _model;
    private readonly BatchSampler _sampler;
    private readonly Indices _inputs;
    private readonly Indices _targets;
    private readonly int[] _inputIds;
    private readonly int[] _targetIds;

    public TextTask(ILanguageModel model, BatchSampler sampler, int rows)
    {
        (_model, _sampler) = (model, sampler);
        _inputs = model.Context.Indices([rows, sampler.BlockSize]);
        _targets = model.Context.Indices([rows, sampler.BlockSize]);
        _inputIds = new int[rows * sampler.BlockSize];
        _targetIds = new int[rows * sampler.BlockSize];
    }

    public ComputeContext Context => _model.Context;

    public int TokensPerExample => _sampler.BlockSize;

    public void Choose(int step, int micro, ref BatchFingerprint fingerprint)
    {
        _sampler.Fill(step, micro, _inputIds, _targetIds);
        fingerprint.Add(_inputIds);
    }

    // Uploaded here, so that the micro-batches of other ranks are not.
    public Tensor Loss(double tokens)
    {
        _inputs.CopyFrom(_inputIds);
        _targets.CopyFrom(_targetIds);
        return _model.Loss(_inputs, _targets, tokens);
    }
}
