using System.CommandLine;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Toys;

/// <summary>The options that every toy experiment takes.</summary>
internal sealed class ToyOptions(int fullSeeds, int quickSeeds)
{
    private readonly Option<bool> _quick = new("--quick") { Description = "A smoke run: fewer steps and conditions" };
    private readonly Option<int?> _seeds = CommonOptions.Number("--seeds", $"Seeds, from 0 (default: {fullSeeds}; --quick: {quickSeeds})");
    private readonly Option<string?> _output = new("--out") { Description = "The run folder; must be new or empty (default: runs/NAME-TIME)" };

    public void AddTo(Command command)
    {
        command.Add(_quick);
        command.Add(_seeds);
        command.Add(_output);
    }

    public bool Quick(ParseResult parsed) => parsed.GetValue(_quick);

    public int Seeds(ParseResult parsed)
    {
        int seeds = parsed.GetValue(_seeds) ?? (Quick(parsed) ? quickSeeds : fullSeeds);
        return seeds >= 1 ? seeds : throw CommandException.Usage($"--seeds {seeds}: must be at least 1");
    }

    /// <summary>The run folder, chosen and made.</summary>
    public string Folder(ParseResult parsed, string name)
    {
        string folder = RunFolder.Choose(name, parsed.GetValue(_output));
        RunFolder.Create(folder);
        return folder;
    }
}
