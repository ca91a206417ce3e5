using MiniGrad.Backends;

namespace MiniGrad.Experiments.Configuration;

/// <summary><c>--precision</c>: what the products of linear layers round their operands to. One that the device has not is an error, never a silent change.</summary>
internal static class Precisions
{
    /// <summary>The precision of a name.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public static Precision Named(string name) => Choice.Of<Precision>("--precision", name);

    /// <summary>The name of a precision.</summary>
    public static string Name(Precision precision) => Choice.Name(precision);

    /// <summary>What banners, captions and reports say of a model's precision: nothing of float32.</summary>
    public static string InWords(GptOptions model) => model.Precision == Precision.Float32 ? "" : $", products in {Name(model.Precision)}";

    /// <summary>A model whose precision the device has.</summary>
    /// <exception cref="CommandException">The device has no such products.</exception>
    public static GptOptions Checked(GptOptions model, string device)
    {
        if (model.Precision == Precision.Float32 || device == Devices.Auto) return model;
        using IBackend backend = Devices.Open(device, 1);
        return backend.Supports(model.Precision) ? model : throw CommandException.Usage($"--precision {Name(model.Precision)}: {backend.Description} has no such products; use --precision float32");
    }
}
