using MiniGrad.Optim;

namespace MiniGrad.Experiments.Configuration;

/// <summary>The keys of <c>--set</c>, <c>--grid</c> and <c>compare PRESET:KEY=VALUE</c>, and what people call them elsewhere.</summary>
internal static class SettingKeys
{
    // Settings of stages are known to the preset's own list, which refuses what it does not have.
    private const string Stages = "stages.";

    // What other programs call a key, as a hint: the names here stay one for one thing.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lr"] = "optimizer.learningRate",
        ["wd"] = "optimizer.weightDecay",
        ["decay"] = "optimizer.weightDecay",
        ["beta"] = "optimizer.momentum",
        ["mu"] = "optimizer.momentum",
        ["betas"] = "optimizer.beta1",
        ["eps"] = "optimizer.epsilon",
        ["nsSteps"] = "optimizer.orthogonalizer.steps",
        ["ns_steps"] = "optimizer.orthogonalizer.steps",
        ["auxLr"] = "optimizer.auxiliary.learningRate",
        ["layers"] = "model.nLayer",
        ["depth"] = "model.nLayer",
        ["heads"] = "model.nHead",
        ["width"] = "model.nEmbd",
        ["dim"] = "model.nEmbd",
        ["dModel"] = "model.nEmbd",
        ["hiddenSize"] = "model.nEmbd",
        ["context"] = "model.blockSize",
        ["seqLen"] = "model.blockSize",
        ["ffn"] = "model.nInner",
        ["vocab"] = "model.vocabSize",
        ["experts"] = "model.nExperts",
    };

    private static readonly Dictionary<string, string> Options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--lr"] = "--learning-rate",
        ["--lrs"] = "--learning-rates",
        ["--wd"] = "--weight-decay",
        ["--batch-size"] = "--batch",
        ["--max-steps"] = "--steps",
        ["--iters"] = "--steps",
        ["--max-iters"] = "--steps",
        ["--epochs"] = "--steps",
        ["--warmup-steps"] = "--warmup",
        ["--warmup-ratio"] = "--warmup",
        ["--lr-schedule"] = "--schedule",
        ["--scheduler"] = "--schedule",
        ["--grad-clip"] = "--clip",
        ["--max-grad-norm"] = "--clip",
        ["--data"] = "--corpus",
        ["--dataset"] = "--corpus",
        ["--text"] = "--corpus",
        ["--output"] = "--out",
        ["--output-dir"] = "--out",
        ["--optim"] = "--optimizer",
        ["--size"] = "--profile",
        ["--ckpt"] = "--checkpoint",
        ["--model"] = "--checkpoint",
        ["--gpu"] = "--device gpu",
    };

    /// <summary>What an unknown option of other programs is called here, such as <c>--learning-rate</c> or <c>--set model.nLayer=N</c>; null where nobody knows.</summary>
    public static string? Option(string option)
    {
        if (Options.TryGetValue(option, out string? name)) return name;
        return Elsewhere.TryGetValue(Plain(option.TrimStart('-')), out string? key) ? $"--set {key}=VALUE" : null;
    }

    /// <summary>An <c>optimizer.</c> key by its full name, or by its last part where that is one key's only: <c>steps</c> is <c>orthogonalizer.steps</c>.</summary>
    /// <exception cref="CommandException">There is no such key; the message names the nearest.</exception>
    public static string Optimizer(string key, string what)
    {
        if (OptimizerOptions.Keys.Contains(key) || key.StartsWith(Stages, StringComparison.Ordinal)) return key;
        string[] ends = [.. OptimizerOptions.Keys.Where(known => known.EndsWith($".{key}", StringComparison.Ordinal))];
        return ends.Length == 1 ? ends[0] : throw Unknown(key, what, Known("optimizer", key)?["optimizer.".Length..] ?? NearestName.Of(key, OptimizerOptions.Keys));
    }

    /// <summary>The section and the key of a full name.</summary>
    /// <param name="name">Such as <c>optimizer.momentum</c>.</param>
    /// <param name="what">Where it stands, for the error message.</param>
    /// <exception cref="CommandException">There is no such key; the message names the nearest.</exception>
    public static (string Section, string Key) Require(string name, string what)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        (string section, string key) = dot < 0 ? ("", name) : (name[..dot], name[(dot + 1)..]);
        if (section == "optimizer") return key == "preset" ? (section, key) : (section, Optimizer(key, what));
        if (section == "model" && ModelKeys.Names.Contains(name)) return (section, key);
        string[] all = [.. OptimizerOptions.Keys.Select(k => $"optimizer.{k}"), .. ModelKeys.Names];
        string? nearest = Known(section, key) ?? all.FirstOrDefault(k => k.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase)) ?? NearestName.Of(name, all) ?? NearestName.Of($"{(section == "model" ? "model" : "optimizer")}.{key}", all);
        throw Unknown(name, what, nearest);
    }

    private static string? Known(string section, string key) => Elsewhere.TryGetValue(Plain(key), out string? known) && (section.Length == 0 || known.StartsWith($"{section}.", StringComparison.Ordinal) || section is not ("model" or "optimizer")) ? known : null;

    private static string Plain(string key) => key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static CommandException Unknown(string key, string what, string? nearest) =>
        CommandException.Usage($"{what}: unknown key '{key}'; {(nearest is null ? "'explain PRESET' shows the optimizer's keys, docs/cli.md the model's" : $"did you mean '{nearest}'?")}");
}
