using MiniGrad.Experiments.DualNorm;
using MiniGrad.Experiments.Theory;

namespace MiniGrad.Experiments.Toys;

/// <summary>The experiments on known functions.</summary>
internal static class ToyCatalog
{
    public static IReadOnlyList<Toy> All { get; } = [TheoryRecord.Toy, DualNormRecord.Toy];

    public static Toy? Find(string name) => All.FirstOrDefault(toy => toy.Name == name);
}
