using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Commands;

/// <summary>A training step of the peer's model: its passes, its optimizer, or both.</summary>
internal sealed class ModelWork : BenchWork
{
    private readonly BenchConfiguration _configuration;
    private readonly ComputeContext _context;
    private readonly Gpt _model;
    private readonly Optimizer? _optimizer;
    private readonly Indices _inputs;
    private readonly Indices _targets;
    private readonly bool _passes;
    private readonly bool _steps;
    private double _loss;

    /// <summary>A model with gradients in place.</summary>
    /// <param name="configuration">Its sizes.</param>
    /// <param name="optimizer">A preset, or <c>none</c>.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="part"><c>passes</c>, <c>optimizer</c> or <c>step</c>.</param>
    /// <param name="precision">What the products round their operands to; the orthogonalizer's, too.</param>
    public ModelWork(BenchConfiguration configuration, string optimizer, int threads, string part, Precision precision)
    {
        (_configuration, _passes, _steps) = (configuration, part != "optimizer", part != "passes");
        _context = new ComputeContext(new CpuBackend(threads));
        _model = new Gpt(_context, configuration.Model with { Precision = precision }, seed: 0);
        if (optimizer != "none") _optimizer = new Optimizer(_model.Parameters, Options(optimizer, precision));
        (_inputs, _targets) = (Tokens(0), Tokens(1));
        Passes();
    }

    public override double Run()
    {
        double paused = 0;
        if (_passes) paused = Passes();
        if (_steps)
        {
            using StepScope step = _context.BeginStep();
            _optimizer!.Step();
        }
        return paused;
    }

    public override JsonObject Facts() => new()
    {
        ["parameters"] = _model.ParameterCount,
        ["gemmGigaflop"] = _configuration.GemmGigaflop,
        ["loss"] = _loss,
        ["matrices"] = _optimizer?.MatricesOrthogonalized ?? 0,
    };

    public override void Dispose() => _context.Dispose();

    private static OptimizerOptions Options(string preset, Precision precision)
    {
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = 1e-4, WeightDecay = 0.1 };
        return precision == Precision.Bfloat16 && preset != "adamw" ? options.With("orthogonalizer.precision", "bfloat16") : options;
    }

    // The loss is read when its step is done; that copy of one number is not counted.
    private double Passes()
    {
        foreach (Parameter parameter in _model.Parameters) parameter.ZeroGradient();
        using StepScope step = _context.BeginStep();
        Tensor loss = _model.Loss(_inputs, _targets);
        loss.Backward();
        long start = Stopwatch.GetTimestamp();
        _loss = loss.Item();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private Indices Tokens(ulong stream)
    {
        Indices indices = _context.Indices([_configuration.Batch, _configuration.Context]);
        var random = new CounterRandom(0, stream);
        indices.CopyFrom([.. Enumerable.Range(0, _configuration.Batch * _configuration.Context).Select(i => (int)random.Below(_configuration.Vocab, (ulong)i))]);
        return indices;
    }
}
