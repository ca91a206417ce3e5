using System.CommandLine;
using MiniGrad.Experiments.Gallery;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>gallery add RUN</c> publishes a finished run under <c>plots/gallery</c>; <c>gallery index</c> writes the page of all.</summary>
internal static class GalleryCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run folder of a finished experiment" };
        var name = new Option<string?>("--as") { Description = "What the entry is called (default: the experiment's name)" };
        var add = new Command("add", "Publish a run's figures with their data, manifest and report under plots/gallery, and write the index") { run, name };
        add.SetAction(int (ParseResult parsed) =>
        {
            Console.Out.WriteLine(Shown.OneLine(GalleryPublication.Add(parsed.GetValue(run)!, Path.Combine(RunFolder.Plots(), "gallery"), parsed.GetValue(name))));
            GalleryIndex.Write(RunFolder.Plots());
            return ExitCode.Done;
        });
        var index = new Command("index", "Write plots/README.md, the page of all published figures");
        index.SetAction(int (ParseResult parsed) =>
        {
            Console.Out.WriteLine(Shown.OneLine(GalleryIndex.Write(RunFolder.Plots())));
            return ExitCode.Done;
        });
        return new Command("gallery", "The published figures") { add, index };
    }
}
