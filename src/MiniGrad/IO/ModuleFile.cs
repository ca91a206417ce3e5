using MiniGrad.Backends;
using MiniGrad.IO;

namespace MiniGrad;

/// <summary>A model's weights in one safetensors file; <see cref="OptimizerFiles"/> keeps an optimizer's state with them.</summary>
public static class ModuleFile
{
    /// <summary>Saves the weights; the file is there whole or not at all.</summary>
    /// <param name="module">The whole model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(this Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        IBackend backend = module.Context.Backend;
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, module.Parameters.Select(p => TensorTransfer.Source(p.Name, p.Shape, p.Data, backend))));
    }

    /// <summary>Loads weights into a model of the same parameters; what else the file has is left alone.</summary>
    /// <param name="module">The whole model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">A weight is missing or of another shape.</exception>
    public static void Load(this Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (Parameter p in module.Parameters) TensorTransfer.Load(file, p.Name, p.Shape, p.Data, module.Context.Backend);
    }
}
