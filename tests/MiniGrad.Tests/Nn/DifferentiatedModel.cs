using MiniGrad.Backends;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Nn;

/// <summary>A model with drawn tokens, its weights five times as large as usual so that no gradient is tiny, and biases that are not zero.</summary>
internal sealed class DifferentiatedModel : IDisposable
{
    private readonly ComputeContext _context;
    private readonly Indices _inputs, _targets;

    public DifferentiatedModel(IBackend backend, GptOptions options)
    {
        _context = new ComputeContext(backend);
        Model = LanguageModels.Create(_context, options, seed: 3);
        var random = new CounterRandom(7, 0);
        foreach (Parameter parameter in Trained)
        {
            float[] values = parameter.Tensor.ToArray();
            bool bias = parameter.Name.EndsWith(".bias", StringComparison.Ordinal);
            for (int i = 0; i < values.Length; i++) values[i] = bias ? 0.3f * random.Normal((ulong)i) : parameter.Role == ParameterRole.Vector ? 1 + 0.1f * random.Normal((ulong)i) : 5 * values[i];
            parameter.Tensor.CopyFrom(values);
        }
        int tokens = 2 * options.BlockSize;
        (_inputs, _targets) = (_context.Indices([2, options.BlockSize]), _context.Indices([2, options.BlockSize]));
        _inputs.CopyFrom([.. Enumerable.Range(0, tokens).Select(i => (int)random.Below(options.VocabSize, (ulong)i))]);
        _targets.CopyFrom([.. Enumerable.Range(0, tokens).Select(i => (int)random.Below(options.VocabSize, (ulong)(tokens + i)))]);
    }

    public ILanguageModel Model { get; }

    public Parameter[] Trained => [.. Model.Parameters.Where(p => p.IsTrained)];

    public Tensor Loss() => Model.Loss(_inputs, _targets);

    public double Differentiate()
    {
        using StepScope step = _context.BeginStep();
        Tensor loss = Loss();
        loss.Backward();
        return loss.Item();
    }

    public double[] Gradient(Parameter parameter) => _context.DownloadDouble(parameter.GradientData);

    public void Dispose() => _context.Dispose();
}
