using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Commands;

/// <summary>
/// <c>bench worker</c>: a process that stays warm between measurements, so that a race can alternate between it and a peer.
/// One JSON request a line on standard input, one answer a line on standard output. The last work is kept, ready to go on.
/// </summary>
internal static class BenchWorker
{
    // A sample shorter than this is a sample of the clock.
    private const double SecondsPerSample = 0.002;
    private const double WarmupSeconds = 0.05;
    private const double SettlingSeconds = 0.012;
    private const int WarmupCalls = 3;

    public static Command Create()
    {
        Option<int?> threads = CommonOptions.Number("--threads", "Threads (default: one)");
        var command = new Command("worker", "Measures on request, one JSON line each way (tests/peers/race.py speaks to it)") { threads };
        command.SetAction(int (ParseResult parsed) =>
        {
            int count = parsed.GetValue(threads) ?? 1;
            if (count < 1) throw CommandException.Usage($"--threads {count}: must be at least 1");
            Serve(count);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Serve(int threads)
    {
        string? key = null;
        BenchWork? work = null;
        while (Console.In.ReadLine() is { } line)
        {
            JsonNode request = JsonNode.Parse(line)!;
            string wanted = request["work"]!.ToJsonString();
            if (wanted != key)
            {
                work?.Dispose();
                work = Create(request["work"]!, threads);
                WarmUp(work);
                key = wanted;
            }
            JsonObject answer = Measure(work!, (double)request["seconds"]!, (int?)request["least"] ?? 1);
            if ((bool?)request["facts"] == true) answer["facts"] = work!.Facts();
            Console.Out.WriteLine(answer.ToJsonString(Json.Lines));
        }
        work?.Dispose();
    }

    private static BenchWork Create(JsonNode work, int threads) => (string)work["kind"]! switch
    {
        "gemm" => new GemmWork((int)work["m"]!, (int)work["n"]!, (int)work["k"]!, (string)work["transpose"]!, threads, Rounding(work, "dtype")),
        "orthogonalize" => new OrthogonalizeWork((int)work["rows"]!, (int)work["columns"]!, (int)work["steps"]!, threads, Rounding(work, "variant")),
        "model" => new ModelWork(Configuration(work["model"]!), (string)work["optimizer"]!, threads, (string)work["part"]!, Rounding(work, "precision")),
        string other => throw CommandException.Unknown("kind of work", other, ["gemm", "orthogonalize", "model"]),
    };

    // The peers' word: "bf16" under the name that each kind of work has for it.
    private static Precision Rounding(JsonNode work, string name) => (string?)work[name] == "bf16" ? Precision.Bfloat16 : Precision.Float32;

    private static BenchConfiguration Configuration(JsonNode model) =>
        model is JsonValue name ? BenchConfiguration.Get((string)name!) : new((int)model[0]!, (int)model[1]!, (int)model[2]!, (int)model[3]!, (int)model[4]!, (int)model[5]!);

    private static void WarmUp(BenchWork work)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmupCalls || Stopwatch.GetElapsedTime(start).TotalSeconds < WarmupSeconds; i++) work.Run();
    }

    private static JsonObject Measure(BenchWork work, double seconds, int least)
    {
        // The threads wake up, and spread over the cores, before it counts.
        long start = Stopwatch.GetTimestamp();
        int settling = 0;
        do
        {
            work.Run();
            settling++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < SettlingSeconds);
        int calls = Math.Max(1, (int)(SecondsPerSample * settling / Stopwatch.GetElapsedTime(start).TotalSeconds));
        var times = new JsonArray();
        start = Stopwatch.GetTimestamp();
        do
        {
            long sample = Stopwatch.GetTimestamp();
            double paused = 0;
            for (int i = 0; i < calls; i++) paused += work.Run();
            times.Add((Stopwatch.GetElapsedTime(sample).TotalSeconds - paused) / calls);
        }
        while (times.Count < least || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return new JsonObject { ["times"] = times };
    }
}
