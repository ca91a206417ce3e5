namespace MiniGrad;

/// <summary>
/// Modules one after the other, named <c>0</c>, <c>1</c>, … as PyTorch names them. Where it is the whole model, a
/// <see cref="Linear"/> at its end whose role nobody gave is the head.
/// </summary>
public sealed class Sequential : Module
{
    private readonly Module[] _modules;

    /// <summary>A chain.</summary>
    /// <param name="modules">The modules, first to last.</param>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        _modules = modules.ToArray();
        for (int i = 0; i < _modules.Length; i++) Add(i.ToString(System.Globalization.CultureInfo.InvariantCulture), _modules[i]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach (Module module in _modules) x = module.Forward(x);
        return x;
    }

    internal override void ResolveRoles() => (_modules is [.., Linear last] ? last : null)?.BecomeHead();
}
