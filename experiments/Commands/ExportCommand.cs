using System.CommandLine;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.IO.HuggingFace;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>export</c>: a stored model as a Hugging Face folder.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var to = new Option<string>("--to") { Description = "The folder to write; must be new or empty", Required = true };
        var command = new Command("export", "A checkpoint as a Hugging Face folder") { model.Checkpoint, model.Weights, to };
        command.SetAction(int (ParseResult parsed) =>
        {
            NewFolder chosen = RunFolder.Choose("export", SettingsBuilder.NotEmpty(parsed.GetValue(to), "--to"), "--to");
            using StoredModel stored = model.Open(parsed);
            if (stored.PublishedConfig is null) _ = HuggingFaceConfig.Write(stored.Options); // refused before a folder is made
            using var context = new ComputeContext(new CpuBackend());
            ILanguageModel made = stored.CreateModel(context);
            using HeldFolder held = RunFolder.Take(chosen);
            string folder = held.Path;
            HuggingFaceExport.Write(made, folder, stored.PublishedConfig, stored.Tokenizer);
            Console.Error.WriteLine($"wrote {Shown.OneLine(folder)}: {string.Join(", ", Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(file => file![0] != '.').Order(StringComparer.Ordinal))}");
            return ExitCode.Done;
        });
        return command;
    }
}
