using System.Security.Cryptography;
using MiniGrad.Data;
using MiniGrad.Distributed;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Running;

/// <summary>The data of a command: loaded once, shared read-only by all runs.</summary>
internal sealed record Workload(RunSettings Settings, TokenData Data, ValidationWindows Windows)
{
    /// <summary>The ranks that train together, or null where this process trains alone.</summary>
    public ICommunicator? Ranks { get; init; }

    /// <summary>Loads the corpus and sizes the model's vocabulary after the tokenizer.</summary>
    /// <param name="settings">What the runs share.</param>
    /// <param name="loaded">Workloads whose data may be shared.</param>
    /// <exception cref="CommandException">The vocabulary asked for is smaller than the tokenizer's.</exception>
    /// <exception cref="InvalidDataException">The corpus cannot be used, or the tokenizer does not fit the model to start from.</exception>
    public static Workload Load(RunSettings settings, IReadOnlyList<Workload>? loaded = null)
    {
        // Arms mostly train on the same text.
        if (loaded?.FirstOrDefault(w => (w.Settings.CorpusPath, w.Settings.Tokenizer, w.Settings.From, w.Settings.Model.BlockSize, w.Settings.VocabSize, w.Settings.ValidationTokens) == (settings.CorpusPath, settings.Tokenizer, settings.From, settings.Model.BlockSize, settings.VocabSize, settings.ValidationTokens)) is { } like)
            return like with { Settings = settings with { Model = (settings.Model with { VocabSize = like.Settings.Model.VocabSize }).Validated() } };
        using StoredModel? from = settings.From is null ? null : StoredModel.Open(settings.From);
        foreach (string warning in from?.Warnings ?? []) Console.Error.WriteLine($"warning: {warning}");
        TokenData data = CorpusTokens.Load(settings.CorpusPath, settings.Tokenizer, from?.Tokenizer, tokenizer =>
        {
            from?.RequireFit(tokenizer);
            if (from is null && settings.VocabSize < tokenizer.VocabularySize) throw CommandException.Usage($"model.vocabSize={settings.VocabSize}: the {tokenizer.Name} tokenizer has {tokenizer.VocabularySize} tokens; give at least as many, or leave it out");
            return settings.Model.BlockSize;
        });
        int vocabulary = from?.Options.VocabSize ?? settings.VocabSize ?? data.Tokenizer.VocabularySize;
        var windows = new ValidationWindows(data.Validation, settings.Model.BlockSize, settings.ValidationTokens);
        return new Workload(settings with { Model = (settings.Model with { VocabSize = vocabulary }).Validated() }, data, windows);
    }

    /// <summary>SHA-256 over the tokenizer's files: two of one name may have learnt from two texts.</summary>
    public string VocabularySha256 { get; } = Convert.ToHexStringLower(SHA256.HashData([.. TokenizerFiles.Of(Data.Tokenizer).SelectMany(file => file.Content)]));

    /// <summary>Loads the data of every arm, the same data once.</summary>
    public static IReadOnlyList<PlannedArm> LoadAll(IReadOnlyList<RequestedArm> arms)
    {
        var loaded = new List<PlannedArm>();
        foreach (RequestedArm arm in arms)
        {
            var points = new Dictionary<string, Workload>();
            foreach (GridPoint point in arm.Points.Where(p => !points.ContainsKey(p.Conditions))) points[point.Conditions] = Load(point.Settings, [.. loaded.Select(a => a.Workload), .. points.Values]);
            loaded.Add(new PlannedArm(arm.Arm, points[arm.Points[0].Conditions], arm.LearningRates) { Points = points, PointCount = arm.Points.Count });
        }
        return loaded;
    }

    /// <summary>The model of a run: new, or the one to start from.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="seed">Seed of a new model's weights.</param>
    /// <param name="precision">The run's own precision, or null for that of all runs.</param>
    public ILanguageModel CreateModel(ComputeContext context, ulong seed, Precision? precision = null)
    {
        Precision chosen = precision ?? Settings.Model.Precision;
        if (Settings.From is null) return LanguageModels.Create(context, Settings.Model with { Precision = chosen }, seed);
        using StoredModel stored = StoredModel.Open(Settings.From);
        return stored.CreateModel(context, chosen);
    }
}
