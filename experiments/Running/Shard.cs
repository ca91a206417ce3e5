using System.Globalization;

namespace MiniGrad.Experiments.Running;

/// <summary>A part of a plan: of Count equal jobs the one of this Index, from 1. Every job deals the same way without asking the others.</summary>
internal sealed record Shard(int Index, int Count)
{
    /// <summary>The shard of a text, or null for none.</summary>
    /// <exception cref="CommandException">It is not I/N with I from 1 to N.</exception>
    public static Shard? Of(string? text)
    {
        if (text is null) return null;
        string[] parts = text.Split('/');
        return parts.Length == 2 && Number(parts[0]) is { } index && Number(parts[1]) is { } count && index >= 1 && index <= count
            ? new Shard(index, count)
            : throw CommandException.Usage($"--shard {text}: expected I/N with I from 1 to N, such as 2/4");
    }

    /// <summary>
    /// Refuses to guess a task's part of a plan. Slurm tells a task the ids of its array, and they are not the parts of the plan
    /// where some tasks are started again: --array=2-3 after --array=1-6 would train halves.
    /// </summary>
    /// <param name="variable">The environment.</param>
    /// <exception cref="CommandException">This is a task of an array.</exception>
    public static void RequireNoArray(Func<string, string?> variable)
    {
        if (variable("SLURM_ARRAY_TASK_ID") is not { Length: > 0 } id) return;
        throw CommandException.Usage($"this is task {Shown.Quote(id)} of a Slurm array, which does not say how many parts the plan has; give --shard I/N, such as --shard $SLURM_ARRAY_TASK_ID/6, or --shard 1/1 for the whole plan");
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
