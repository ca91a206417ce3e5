using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary><c>run.json</c> in a run's folder: that the run ended, and how. A resumed experiment does not repeat it.</summary>
internal sealed record FinishedRun
{
    private const string FileName = "run.json";

    public required TrainingResult Result { get; init; }

    public required string InitialSha256 { get; init; }

    public required IReadOnlyList<string> Routing { get; init; }

    public required IReadOnlyList<string> Stages { get; init; }

    public required long MatricesOrthogonalized { get; init; }

    public required string Backend { get; init; }

    public IReadOnlyDictionary<string, double> Measures { get; init; } = new Dictionary<string, double>();

    public required IReadOnlyList<int> ResumedFrom { get; init; }

    public required JsonObject Configuration { get; init; }

    /// <summary>Whether a run's folder says that it ended.</summary>
    public static bool IsThere(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Writes the file, the last thing that a run does.</summary>
    public static void Write(string folder, RunRecord record, JsonObject configuration)
    {
        var finished = new FinishedRun
        {
            Result = record.Result,
            InitialSha256 = record.InitialSha256,
            Routing = record.Routing,
            Stages = record.Stages,
            MatricesOrthogonalized = record.MatricesOrthogonalized,
            Backend = record.Backend,
            Measures = record.Measures,
            ResumedFrom = record.ResumedFrom,
            Configuration = configuration,
        };
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(finished, Json.Documents) + "\n");
    }

    /// <summary>The record of a run that ended, or null.</summary>
    /// <exception cref="CheckpointException">It is damaged, or of another run.</exception>
    public static RunRecord? Read(string folder, PlannedRun run, JsonObject configuration)
    {
        string path = Path.Combine(folder, FileName);
        if (!IsThere(folder)) return null;
        try
        {
            FinishedRun finished = JsonSerializer.Deserialize<FinishedRun>(JsonInput.Checked(InputFile.ReadAllBytes(path), path).Span, Json.Documents) ?? throw new JsonException();
            if (ConfigurationDifference.Of(finished.Configuration, configuration, "in the finished run") is { } difference) throw new CheckpointException($"{path} is of another run: {difference}");
            return new RunRecord
            {
                Run = run,
                Result = finished.Result,
                History = MetricsFile.Read(folder),
                InitialSha256 = finished.InitialSha256,
                Routing = finished.Routing,
                Stages = finished.Stages,
                MatricesOrthogonalized = finished.MatricesOrthogonalized,
                Backend = finished.Backend,
                Measures = finished.Measures,
                ResumedFrom = finished.ResumedFrom,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new CheckpointException($"{path} is damaged; remove it to go on from the run's last checkpoint", e);
        }
    }
}
