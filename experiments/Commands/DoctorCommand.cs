using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Mpi;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>doctor</c>: what this machine and this build have, and why something is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(Option<bool> json)
    {
        var command = new Command("doctor", "What this machine and this build have, and why something is missing");
        command.SetAction(int (ParseResult parsed) =>
        {
            (string Name, string Value)[] findings = [.. Findings()];
            if (parsed.GetValue(json)) Console.Out.WriteLine(new JsonObject(findings.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Value))).ToJsonString(Json.Documents));
            else foreach ((string name, string value) in findings) Console.Out.WriteLine($"{name,-12} {value}");
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<(string, string)> Findings()
    {
        yield return ("version", Manifest.CodeVersion);
        yield return ("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        yield return ("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        yield return ("cpu", $"{CpuBackend.Instructions} kernels, float32");
        yield return ("bfloat16", $"products {CpuBackend.Bfloat16Products}");
        yield return ("gpu", GpuStatus.Describe());
        yield return ("products", GpuStatus.DescribeProducts());
        yield return ("corpus", CorpusLine());
        yield return ("mpi", MpiLibrary.Describe());
        yield return ("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB");
    }

    private static string CorpusLine()
    {
        try
        {
            Corpus corpus = CorpusLocator.Load(null);
            return string.Create(CultureInfo.InvariantCulture, $"{corpus.Name}: {corpus.Train.Length:N0} training and {corpus.Validation.Length:N0} validation bytes, sha256 {corpus.Sha256}");
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }
}
