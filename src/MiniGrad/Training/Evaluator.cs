using MiniGrad.Data;
using MiniGrad.Distributed;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>Measures the loss of a model on fixed validation windows; nothing is recorded for a backward pass.</summary>
public sealed class Evaluator
{
    private readonly ILanguageModel _model;
    private readonly ValidationWindows _windows;
    private readonly Indices _inputs;
    private readonly Indices _targets;
    private readonly int[] _inputIds;
    private readonly int[] _targetIds;
    private readonly int _rows;
    private readonly ICommunicator? _ranks;
    private readonly BufferView _sum;

    /// <summary>An evaluator with buffers of its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">Where it is measured.</param>
    /// <param name="rows">Windows at once.</param>
    /// <param name="ranks">The ranks that share the windows and call this together, or null for one alone.</param>
    public Evaluator(ILanguageModel model, ValidationWindows windows, int rows, ICommunicator? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        (_model, _windows, _ranks) = (model, windows, ranks);
        int share = (windows.Count + (ranks?.Size ?? 1) - 1) / (ranks?.Size ?? 1);
        _rows = Math.Min(rows, share);
        _inputs = model.Context.Indices([_rows, windows.BlockSize]);
        _targets = model.Context.Indices([_rows, windows.BlockSize]);
        _inputIds = new int[_rows * windows.BlockSize];
        _targetIds = new int[_rows * windows.BlockSize];
        _sum = model.Context.Persistent(1);
    }

    /// <summary>The mean cross-entropy over all windows, in nats a token.</summary>
    public double Evaluate()
    {
        ComputeContext context = _model.Context;
        context.Backend.Fill(_sum, 0);
        using NoGradScope noGrad = context.NoGrad();
        (int rank, int size) = (_ranks?.Rank ?? 0, _ranks?.Size ?? 1);
        int end = (int)((rank + 1L) * _windows.Count / size);
        for (int first = (int)((long)rank * _windows.Count / size); first < end; first += _rows)
        {
            int rows = Math.Min(_rows, end - first);
            int count = rows * _windows.BlockSize;
            _windows.Fill(first, _inputIds.AsSpan(0, count), _targetIds.AsSpan(0, count));
            // The last batch may be partly filled: its other targets are left out of the loss.
            _targetIds.AsSpan(count).Fill(-1);
            _inputs.CopyFrom(_inputIds);
            _targets.CopyFrom(_targetIds);
            using StepScope step = context.BeginStep();
            Tensor loss = _model.Loss(_inputs, _targets, _windows.TokenCount);
            context.Backend.Axpby(1, default, loss.Data, 1, _sum, _sum, default);
        }
        Span<double> sum = stackalloc double[1];
        context.Backend.Download(_sum, sum);
        _ranks?.AllReduce(sum);
        return sum[0];
    }
}
