using System.Diagnostics;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Commands;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Cost;

/// <summary>One size of one sweep: a model that is kept ready and trains a little at every visit.</summary>
internal sealed class CostPoint : IDisposable
{
    private static readonly TimeSpan LeastPerVisit = TimeSpan.FromMilliseconds(40);

    private readonly ComputeContext _context;
    private readonly Gpt _model;
    private readonly Optimizer _optimizer;
    private readonly Parameter[] _parameters;
    private readonly Indices _inputs;
    private readonly Indices _targets;
    private readonly List<double> _modelSeconds = [];
    private readonly List<double> _optimizerSeconds = [];
    private readonly List<double> _steps = [];

    public CostPoint(CostSweep sweep, int size, string preset, int threads)
    {
        (Sweep, Size, Configuration) = (sweep, size, sweep.At(size));
        _context = new ComputeContext(new CpuBackend(threads));
        _model = new Gpt(_context, Configuration.Model, seed: 0);
        _optimizer = new Optimizer(_model.Parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 1e-3, WeightDecay = 0.1 });
        _parameters = [.. _model.Parameters];
        (_inputs, _targets) = (Tokens(0), Tokens(1));
    }

    public CostSweep Sweep { get; }

    public int Size { get; }

    public BenchConfiguration Configuration { get; }

    public string Backend => _context.Backend.Description;

    public int TokensPerStep => Configuration.Batch * Configuration.Context;

    /// <summary>Two steps that compile code and fill the memory plan; nothing is kept.</summary>
    public void WarmUp()
    {
        _ = Step();
        _ = Step();
    }

    /// <summary>One step that warms the caches and is not counted, then steps for at least 40 ms; the visit's mean is one sample.</summary>
    public void Visit()
    {
        _ = Step();
        int steps = 0;
        double model = 0, optimizer = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            (double m, double o) = Step();
            (model, optimizer, steps) = (model + m, optimizer + o, steps + 1);
        }
        while (Stopwatch.GetElapsedTime(start) < LeastPerVisit);
        _modelSeconds.Add(model / steps);
        _optimizerSeconds.Add(optimizer / steps);
        _steps.Add((model + optimizer) / steps);
    }

    /// <summary>Medians over the visits, and the counted work.</summary>
    public CostRow Row() => new(
        Sweep.Name,
        Size,
        TokensPerStep,
        _model.ParameterCount,
        Timing.Middle(_modelSeconds),
        Timing.Middle(_optimizerSeconds),
        Timing.Middle(_steps),
        CostWork.Model(Configuration),
        CostWork.Optimizer(_optimizer));

    public void Dispose() => _context.Dispose();

    private (double Model, double Optimizer) Step()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Parameter parameter in _parameters) parameter.ZeroGradient();
        using (_context.BeginStep()) _model.Loss(_inputs, _targets).Backward();
        long middle = Stopwatch.GetTimestamp();
        _optimizer.Step();
        return (Stopwatch.GetElapsedTime(start, middle).TotalSeconds, Stopwatch.GetElapsedTime(middle).TotalSeconds);
    }

    private Indices Tokens(ulong stream)
    {
        Indices indices = _context.Indices([Configuration.Batch, Configuration.Context]);
        var random = new CounterRandom(0, stream);
        indices.CopyFrom([.. Enumerable.Range(0, TokensPerStep).Select(i => (int)random.Below(Configuration.Vocab, (ulong)i))]);
        return indices;
    }
}
