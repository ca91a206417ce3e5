using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MiniGrad.IO;

namespace MiniGrad.Training;

/// <summary>
/// A training run as a checkpoint, and back: weights, optimizer state, where the run stands, and the configuration that
/// it must be resumed with. Resuming gives the bits of a run that was never interrupted.
/// </summary>
public sealed record TrainingCheckpoint
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // NaN is a state, too
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a version has a plus sign
    };

    /// <summary>Where the run stands.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Everything that decides the numbers: model, optimizer, corpus by SHA-256, seeds, batches, schedule.</summary>
    public required JsonObject Configuration { get; init; }

    /// <summary>The code that wrote it.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The steps of the checkpoints that the run was resumed from so far.</summary>
    public IReadOnlyList<int> ResumedFrom { get; init; } = [];

    /// <summary>The content of a checkpoint of this state.</summary>
    /// <param name="context">Where model and optimizer live.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="model">The model's options.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="files">Files to put beside, by plain name, such as the tokenizer's.</param>
    /// <param name="parallel">This rank's part where several train together, or null alone. Then all ranks capture at once; one saves, and the others give it their state with <see cref="DataParallel.Give"/>.</param>
    public CheckpointContent Capture(ComputeContext context, IReadOnlyList<Parameter> parameters, GptOptions model, IOptimizer optimizer, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? files = null, DataParallel? parallel = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(optimizer);
        var all = new Dictionary<string, ReadOnlyMemory<byte>>(files ?? new Dictionary<string, ReadOnlyMemory<byte>>())
        {
            [Checkpoint.ConfigFile] = ModelConfig.Write(model),
            [Checkpoint.TrainingFile] = Write(),
        };
        return new CheckpointContent
        {
            Step = State.Step,
            Model = [.. parameters.Select(p => TensorTransfer.Source(p.Name, p.Shape, p.Data, context.Backend))],
            Optimizer = parallel?.Capture(context, optimizer.State) ?? [.. optimizer.State.Select(s => TensorTransfer.Source(s.Name, s.Shape, s.Data, context.Backend))],
            Files = all,
        };
    }

    /// <summary>Reads where a checkpoint's run stands; nothing is loaded.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It is of another format.</exception>
    public static TrainingCheckpoint Read(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        try
        {
            JsonObject json = JsonNode.Parse(checkpoint.ReadFile(Checkpoint.TrainingFile).Span)!.AsObject();
            int format = (int)json["format"]!;
            if (format != Format) throw new CheckpointException($"{checkpoint.Folder}: {Checkpoint.TrainingFile} has format {format}; this program reads {Format}");
            return new TrainingCheckpoint
            {
                State = json["state"].Deserialize<TrainingState>(Options)!,
                Configuration = json["configuration"]!.DeepClone().AsObject(),
                CodeVersion = (string)json["codeVersion"]!,
                ResumedFrom = json["resumedFrom"].Deserialize<int[]>(Options)!,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException and not CheckpointException)
        {
            throw new CheckpointException($"{checkpoint.Folder}: {Checkpoint.TrainingFile} is not what this program writes: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Loads a checkpoint into a model and an optimizer made with the same configuration.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="configuration">What the run is to go on with.</param>
    /// <param name="context">Where model and optimizer live.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="parallel">This rank's part where several train together, or null alone: it takes the state of its own parameters only.</param>
    /// <returns>Where the run stands, this checkpoint added to <see cref="ResumedFrom"/>.</returns>
    /// <exception cref="CheckpointException">It is of another model, corpus or optimizer; the message names the fields that differ.</exception>
    public static TrainingCheckpoint Restore(Checkpoint checkpoint, JsonObject configuration, ComputeContext context, IReadOnlyList<Parameter> parameters, IOptimizer optimizer, DataParallel? parallel = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(optimizer);
        TrainingCheckpoint saved = Read(checkpoint);
        if (ConfigurationDifference.Of(saved.Configuration, configuration) is { } difference) throw new CheckpointException($"{checkpoint.Folder} is of another run: {difference}");
        try
        {
            LoadModel(checkpoint, context, parameters);
            using SafetensorsFile state = checkpoint.OpenTensors(Checkpoint.OptimizerFile);
            foreach (SafetensorsTensor tensor in state.Tensors)
            {
                if (parallel?.IsAnothers(tensor.Name) == true) continue;
                StateTensor target = optimizer.RequireState(tensor.Name);
                TensorTransfer.Load(state, target.Name, target.Shape, target.Data, context.Backend);
            }
        }
        catch (Exception e) when (e is ArgumentException or SafetensorsException)
        {
            throw new CheckpointException($"{checkpoint.Folder} does not fit: {e.Message}", e);
        }
        return saved with { ResumedFrom = [.. saved.ResumedFrom, saved.State.Step] };
    }

    /// <summary>Loads a checkpoint's weights.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="context">Where the model lives.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="SafetensorsException">A weight is missing, too many, or of another shape.</exception>
    public static void LoadModel(Checkpoint checkpoint, ComputeContext context, IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(parameters);
        using SafetensorsFile file = checkpoint.OpenTensors(Checkpoint.ModelFile);
        foreach (Parameter p in parameters) TensorTransfer.Load(file, p.Name, p.Shape, p.Data, context.Backend);
        if (file.Header.Count != parameters.Count) throw new SafetensorsException($"{Checkpoint.ModelFile} has {file.Header.Count} tensors; the model has {parameters.Count} parameters");
    }

    private byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject
        {
            ["format"] = Format,
            ["codeVersion"] = CodeVersion,
            ["state"] = JsonSerializer.SerializeToNode(State, Options),
            ["resumedFrom"] = new JsonArray([.. ResumedFrom.Select(step => JsonValue.Create(step))]),
            ["configuration"] = Configuration.DeepClone(),
        },
        Options);
}
