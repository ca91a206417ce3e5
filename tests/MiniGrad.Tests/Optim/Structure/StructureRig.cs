using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Optim.Structure;

/// <summary>Parameters with declared structure, and gradients drawn from a seed.</summary>
internal sealed class StructureRig : IDisposable
{
    private readonly List<Parameter> _parameters = [];

    public StructureRig(IBackend? backend = null) => Context = new ComputeContext(backend ?? new CpuBackend(threads: 1));

    public ComputeContext Context { get; }

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public static double[] Values(int seed, long count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)count).Select(_ => random.NextDouble() - 0.5)];
    }

    public Parameter Add(string name, Shape shape, ReadOnlySpan<double> values, ParameterRole role = ParameterRole.HiddenMatrix, HeadRows? heads = null)
    {
        Parameter parameter = Context.Parameter(name, shape, role, heads);
        parameter.Tensor.CopyFrom(values);
        _parameters.Add(parameter);
        return parameter;
    }

    public Optimizer Optimizer(OptimizerOptions options) => new(_parameters, options);

    public void Dispose() => Context.Dispose();
}
