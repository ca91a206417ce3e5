using System.Globalization;

namespace MiniGrad.Experiments.Running;

/// <summary>A part of a plan: of Count equal jobs the one of this Index, from 1. Every job deals the same way without asking the others.</summary>
internal sealed record Shard(int Index, int Count)
{
    /// <summary>The shard that a command line names, or else a Slurm array job's, or null for the whole plan.</summary>
    /// <exception cref="CommandException">It is not I/N with I from 1 to N.</exception>
    public static Shard? Of(string? given, Func<string, string?> variable)
    {
        if (given is not null)
        {
            string[] parts = given.Split('/');
            return parts.Length == 2 && Number(parts[0]) is { } index && Number(parts[1]) is { } count && index >= 1 && index <= count
                ? new Shard(index, count)
                : throw CommandException.Usage($"--shard {given}: expected I/N with I from 1 to N, such as 2/4");
        }
        // An array need not begin at 0 or 1; with a step or a list of ids, give --shard.
        return Number(variable("SLURM_ARRAY_TASK_ID")) is { } id && Number(variable("SLURM_ARRAY_TASK_MIN")) is { } first && Number(variable("SLURM_ARRAY_TASK_COUNT")) is { } tasks
            ? id - first + 1 is >= 1 and int place && place <= tasks ? new Shard(place, tasks) : throw CommandException.Usage($"SLURM_ARRAY_TASK_ID {id} of {tasks} tasks from {first}: the ids are not one after the other; give --shard I/N")
            : null;
    }

    /// <summary>Every Count-th run of the plan from this shard's on: runs of one seed, which compare, are spread, so shards take about as long.</summary>
    public IReadOnlyList<PlannedRun> Take(IReadOnlyList<PlannedRun> plan)
    {
        PlannedRun[] mine = [.. plan.Where((_, i) => i % Count == Index - 1)];
        return mine.Length > 0 ? mine : throw CommandException.Usage($"shard {this} has no run: the plan has {plan.Count}; use at most as many shards");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
