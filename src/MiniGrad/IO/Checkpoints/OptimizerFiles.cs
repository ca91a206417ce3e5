using MiniGrad.Backends;
using MiniGrad.IO;

namespace MiniGrad;

/// <summary>Weights and optimizer state in one file, for programs that train in a loop of their own.</summary>
public static class OptimizerFiles
{
    /// <summary>Writes the parameters and the optimizer's state as one safetensors file, wholly or not at all. The bits are those in memory.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It could not be written; the file that was there before still is.</exception>
    public static void Save(this IOptimizer optimizer, string path)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        List<SafetensorsSource> tensors = [];
        foreach (Parameter p in ParametersOf(optimizer)) tensors.Add(TensorTransfer.Source(p.Name, p.Shape, p.Data, BackendOf(p)));
        foreach (StateTensor s in optimizer.State) tensors.Add(TensorTransfer.Source(s.Name, s.Shape, s.Data, BackendOf(ParametersOf(optimizer)[0])));
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, tensors));
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a model and an optimizer that were made alike; training goes on with the same bits.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">A parameter is missing or of another shape.</exception>
    /// <exception cref="ArgumentException">The file has state that this optimizer does not keep; the message names the nearest.</exception>
    public static void Load(this IOptimizer optimizer, string path)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Parameter[] parameters = ParametersOf(optimizer);
        IBackend backend = BackendOf(parameters[0]);
        HashSet<string> weights = [.. parameters.Select(p => p.Name)];
        List<StateTensor> state = [.. file.Tensors.Where(t => !weights.Contains(t.Name)).Select(t => optimizer.RequireState(t.Name))];
        foreach (Parameter p in parameters) TensorTransfer.Load(file, p.Name, p.Shape, p.Data, backend);
        foreach (StateTensor s in state.Union(optimizer.State)) TensorTransfer.Load(file, s.Name, s.Shape, s.Data, backend);
    }

    private static Parameter[] ParametersOf(IOptimizer optimizer) =>
        optimizer is IOrthogonalizedOptimizer { Routing: var routing } ? [.. routing.Parameters, .. routing.Balanced] : optimizer.Gradients.Parameters.ToArray();

    private static IBackend BackendOf(Parameter parameter) => parameter.Tensor.Context.Backend;
}
