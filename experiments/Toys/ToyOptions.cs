using System.CommandLine;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Toys;

/// <summary>The options that every toy experiment takes.</summary>
internal sealed class ToyOptions(int fullSeeds, int quickSeeds)
{
    private readonly Option<bool> _quick = new("--quick") { Description = "A smoke run: fewer steps and conditions" };
    private readonly Option<int?> _seeds = CommonOptions.Number("--seeds", $"Seeds, from 0 (default: {fullSeeds}; --quick: {quickSeeds})");
    private readonly Option<string?> _output = new("--out") { Description = "The run folder; must be new or empty (default: runs/NAME-TIME)" };

    // There is no live display; who asks for none is not refused.
    private readonly Option<bool> _noProgress = new("--no-progress") { Description = "Plain lines instead of a live display" };

    public void AddTo(Command command)
    {
        command.Add(_noProgress);
        command.Add(_quick);
        command.Add(_seeds);
        command.Add(_output);
    }

    public bool Quick(ParseResult parsed) => parsed.GetValue(_quick);

    public int Seeds(ParseResult parsed)
    {
        int seeds = parsed.GetValue(_seeds) ?? (Quick(parsed) ? quickSeeds : fullSeeds);
        return Limits.Seeds(seeds);
    }

    /// <summary>The run folder, chosen, made and held.</summary>
    public HeldFolder Folder(ParseResult parsed, string name) => RunFolder.Take(RunFolder.Choose(name, SettingsBuilder.NotEmpty(parsed.GetValue(_output), "--out")));
}
