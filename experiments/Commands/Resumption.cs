using System.CommandLine;
using MiniGrad.Experiments.Recorded;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary>
/// <c>--resume FOLDER</c>: the options of the interrupted command are read from its <c>resume.json</c>, those given now must
/// resolve to the same settings.
/// </summary>
internal static class Resumption
{
    /// <summary>Runs a training command, from the beginning or on from where it was interrupted.</summary>
    public static int Execute(ParseResult parsed, CommonOptions common, Func<ParseResult, ExperimentRequest> build)
    {
        Alone.Require(parsed);
        return ExperimentRun.Execute(Resolve(parsed, common, build));
    }

    /// <summary>What a training command is to run: its own options, or those of the run that it resumes.</summary>
    public static ExperimentRequest Resolve(ParseResult parsed, CommonOptions common, Func<ParseResult, ExperimentRequest> build)
    {
        if (parsed.GetValue(common.Resume) is not { } given) return build(parsed) with { Given = GivenOptions.Of(parsed, passing: false) };
        string folder = Path.GetFullPath(given.Length > 0 ? given : throw CommandException.Usage("--resume is empty; give a run folder"));
        string command = parsed.CommandResult.Command.Name;
        RecordedCommand recorded = RecordedCommand.OfRun(folder, "--resume");
        if (recorded.Command != command) throw CommandException.Usage($"--resume {folder}: that is a run of '{recorded.Command}', not of '{command}'; use '{recorded.Command} --resume {folder}'");
        IReadOnlyList<string[]> saved = recorded.Options;
        if (parsed.GetValue(common.Out) is { } chosen && Path.GetFullPath(chosen) != folder) throw CommandException.Usage($"--out {chosen}: a resumed run stays in its folder {folder}; leave --out out");

        IReadOnlyList<string[]> now = GivenOptions.Of(parsed, passing: true);
        IEnumerable<string[]> merged = saved.Where(s => now.All(n => n[0] != s[0])).Concat(now);
        var root = (RootCommand)parsed.RootCommandResult.Command;
        ExperimentRequest before = build(recorded.Parse(root)), after = build((recorded with { Options = [.. merged] }).Parse(root));
        if (ConfigurationDifference.Of(before.Resolved(), after.Resolved(), "in the interrupted run") is { } difference) throw CommandException.Usage($"--resume {folder}: {difference}; leave the option out, or begin a new run");
        return after with { Resume = folder, Given = saved };
    }
}
