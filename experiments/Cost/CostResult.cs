using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Cost;

/// <summary>All rows of a run, and how they were measured.</summary>
internal sealed record CostResult(IReadOnlyList<CostRow> Rows, string Backend, string Optimizer, int Threads, int Rounds)
{
    public IEnumerable<IGrouping<string, CostRow>> Sweeps => Rows.GroupBy(row => row.Sweep);

    public IEnumerable<CostRow> Cliffs => Rows.Where(row => row.IsCliff);

    public JsonObject ToJson(string? figure, string folder) => new()
    {
        ["experiment"] = CostSweeps.Name,
        ["backend"] = Backend,
        ["optimizer"] = Optimizer,
        ["threads"] = Threads,
        ["rounds"] = Rounds,
        ["rows"] = new JsonArray([.. Rows.Select(Row)]),
        ["cliffs"] = new JsonArray([.. Cliffs.Select(row => JsonValue.Create($"{row.Sweep} {row.Size}"))]),
        ["figure"] = figure,
        ["runFolder"] = folder,
    };

    private static JsonObject Row(CostRow r) => new()
    {
        ["sweep"] = r.Sweep,
        ["size"] = r.Size,
        ["tokensPerStep"] = r.TokensPerStep,
        ["parameters"] = r.Parameters,
        ["milliseconds"] = new JsonObject
        {
            ["forwardBackward"] = 1e3 * r.ModelSeconds,
            ["optimizer"] = 1e3 * r.OptimizerSeconds,
            ["step"] = 1e3 * r.StepSeconds,
        },
        ["flop"] = new JsonObject { ["model"] = r.ModelFlop, ["optimizer"] = r.OptimizerFlop, ["step"] = r.Flop },
        ["microsecondsPerToken"] = r.MicrosecondsPerToken,
        ["gflopPerToken"] = r.GigaflopPerToken,
        ["gflopPerSecond"] = r.GigaflopPerSecond,
        ["cliff"] = double.IsFinite(r.Cliff) ? r.Cliff : null,
    };
}
