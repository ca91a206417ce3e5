using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>
/// The optimizers that have a name, as functions that return their stages. Each follows its source, so the implementations
/// that share the words "Muon" and "AdaMuon" differ here by the stages by which they differ there.
/// </summary>
public static partial class Presets
{
    /// <summary>Every preset, in the order of the documentation.</summary>
    public static IReadOnlyList<Preset> All { get; } = [.. MuonFamily, .. AdaMuonFamily, .. NvidiaFamily, .. Neighbours, .. HyperballFamily, .. BasesFamily, .. Baselines];

    /// <summary>The names of all presets.</summary>
    public static IEnumerable<string> Names => All.Select(preset => preset.Name);

    /// <summary>The preset of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such preset; the message names the nearest.</exception>
    public static Preset Get(string name) => All.FirstOrDefault(preset => preset.Name == name) ?? throw new ArgumentException(NearestName.Message("preset", name, Names));

    private static Preset New(string name, string source, string description, StageList stages) => new(name, source, description, stages, OptionReader.Read(stages) with { Preset = name });

    /// <summary>The stages, or none of them.</summary>
    private static StageList If(bool wanted, StageList stages) => wanted ? stages : [];
}
