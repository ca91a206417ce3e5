using System.CommandLine;
using System.Globalization;
using MiniGrad.Backends;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Memory;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>bench</c>: throughput of this machine's back end.</summary>
internal static class BenchCommand
{
    public static Command Create(Option<bool> json)
    {
        var command = new Command("bench", "Throughput of this machine: medians after a warm-up")
        {
            BenchGemm.Create(json),
            BenchOrthogonalize.Create(json),
            BenchStep.Create(json),
            BenchWorker.Create(),
        };
        return command;
    }

    /// <summary>The option of every benchmark.</summary>
    public static Option<string> Device() => new("--device") { Description = "cpu, gpu[:N], or auto: a GPU where there is one", DefaultValueFactory = _ => Devices.Cpu };

    /// <summary>The option of the benchmarks that multiply.</summary>
    public static Option<string> Precision() => new("--precision") { Description = "What products round their operands to: float32, tf32 or bfloat16", DefaultValueFactory = _ => "float32" };

    /// <summary>The device that was chosen.</summary>
    public static string Chosen(ParseResult parsed, Option<string> device)
    {
        string resolved = Devices.Resolve(parsed.GetValue(device)!);
        return resolved == Devices.Auto ? "gpu:0" : resolved;
    }

    /// <summary>Waits until the device has done what was queued: fetches one number. Nothing on the CPU.</summary>
    public static void Wait(IBackend backend, BufferView one)
    {
        if (backend.IsHostMemory) return;
        Span<float> number = stackalloc float[1];
        backend.Download(one.Element(0), number);
    }

    /// <summary>Parses sizes such as <c>512x384x128,64x64x64</c>.</summary>
    public static int[][] Sizes(string text, int count, string form) => [.. text.Split(',').Select(shape =>
    {
        string[] parts = shape.Split('x', 'X');
        var sizes = new int[count];
        bool good = parts.Length == count;
        for (int i = 0; good && i < count; i++) good = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) && sizes[i] > 0;
        return good ? sizes : throw CommandException.Usage($"--shapes {text}: '{shape}' is not of the form {form}");
    })];
}
