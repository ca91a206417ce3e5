namespace MiniGrad.Optim;

/// <summary>The keys about which parameters are treated how.</summary>
internal static class StructureKeys
{
    public static IReadOnlyList<OptionKey> All { get; } =
    [
        Routing("qkv", r => OptionNames.Of(r.Qkv), (r, v) => r with { Qkv = v.Choice<QkvRouting>() }),
        Routing("include", r => r.Include.ToArray(), (r, v) => r with { Include = [.. v.Patterns()] }),
        Routing("exclude", r => r.Exclude.ToArray(), (r, v) => r with { Exclude = [.. v.Patterns()] }),
        new("qkClip", o => o.QkClip, (o, v) => o with { QkClip = v.NumberOrNull() }),
        new("hook", o => OptionNames.Of(o.Hook), (o, v) => o with { Hook = v.Choice<StepHookKind>() }),
        new("vectors", o => OptionNames.Of(o.Vectors), (o, v) => o with { Vectors = v.Choice<VectorRouting>() }),
    ];

    private static OptionKey Routing(string name, Func<RoutingOptions, object?> get, Func<RoutingOptions, OptionValue, RoutingOptions> set) =>
        new($"routing.{name}", o => get(o.Routing), (o, v) => o with { Routing = set(o.Routing, v) });
}
