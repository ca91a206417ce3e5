using MiniGrad.Nn;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>
/// A model or a part of one: parameters with names, and modules within. A constructor declares them with <c>Add</c>, in the
/// order in which <see cref="Parameters"/> has them; a parameter's full name is the path to it, such as <c>h.0.mlp.c_fc.weight</c>.
/// Memory and first values are given to the whole model at once, by <see cref="Initialize"/> or when they are first asked for.
/// </summary>
/// <example><code>
/// sealed class Net : Module
/// {
///     private readonly Linear _body, _head;
///
///     public Net() =&gt; (_body, _head) = (Add("body", new Linear(2, 64)), Add("head", Linear.Head(64, 3)));
///
///     public override Tensor Forward(Tensor x) =&gt; _head.Forward(_body.Forward(x).Relu());
/// }
/// </code></example>
public abstract class Module : IParameterOwner
{
    private readonly record struct Part(string Name, Module? Module, Parameter? Parameter, Initial Initial);

    private readonly List<Part> _parts = [];
    private readonly List<Parameter> _parameters = [];
    private Module? _parent;
    private ComputeContext? _context;
    private string _sha256 = "";

    /// <summary>Where the model lives. A model that was not initialized is, on <see cref="ComputeContext.Default"/> with seed 0.</summary>
    public ComputeContext Context => Initialized()._context!;

    /// <summary>The parameters of this module and of those within; a tied weight stands here once.</summary>
    public IReadOnlyList<Parameter> Parameters
    {
        get
        {
            Initialized();
            return _parameters;
        }
    }

    /// <summary>SHA-256 over names, shapes and initial values of the whole model: equal for runs that are truly paired.</summary>
    public string InitialSha256 => Initialized()._sha256;

    /// <summary>Number of trainable numbers.</summary>
    public long ParameterCount => Parameters.Where(p => p.IsTrained).Sum(p => p.Shape.Count);

    /// <summary>What the products of linear layers round their operands to; all else is as exact as the back end.</summary>
    protected Precision Precision { get; private set; }

    /// <summary>
    /// Gives a result's memory back after its last use in the forward pass: where no gradient flows, and in bfloat16, whose
    /// users want memory more than the few per cent of time that making it again costs (<see cref="ComputeContext.Drop"/>).
    /// </summary>
    private protected void Drop(Tensor result, bool hasOneReader = false)
    {
        if (Precision == Precision.Bfloat16 || !result.RequiresGradient) result.Context.Drop(result, hasOneReader);
    }

    private Module Root => _parent?.Root ?? this;

    /// <summary>Applies the module, where it takes one tensor and returns one.</summary>
    /// <param name="x">Operand.</param>
    /// <exception cref="NotSupportedException">The module takes something else.</exception>
    public virtual Tensor Forward(Tensor x) => throw new NotSupportedException($"{GetType().Name}.Forward does not take one tensor; call the method that this module has, or override Forward(Tensor)");

    /// <summary>Gives all parameters of a whole model their memory and first values.</summary>
    /// <param name="context">Where the model is to live.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="weights">Where the weights come from instead of the seed, or null.</param>
    /// <param name="precision">What the products of linear layers round their operands to, forward and backward.</param>
    /// <exception cref="ArgumentException">The back end has no products of that precision.</exception>
    /// <exception cref="InvalidOperationException">It was initialized already, or it is a part of another module.</exception>
    public void Initialize(ComputeContext context, ulong seed = 0, WeightSource? weights = null, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_parent is not null) throw new InvalidOperationException($"{GetType().Name} is a part of {_parent.GetType().Name}; initialize the whole model");
        if (_context is not null) throw new InvalidOperationException($"{GetType().Name} has its weights already: they are made when they are first used; initialize a model before that");
        if (context.InStep) throw new InvalidOperationException($"{GetType().Name}: the weights are made when they are first used, and a step is open; call Initialize, or make the optimizer, before BeginStep");
        if (!context.Backend.Supports(precision)) throw new ArgumentException($"model.precision is {precision.ToString().ToLowerInvariant()}; the back end {context.Backend.Name} has no such products, so set it to float32");
        ResolveRoles();
        var initial = new InitialWeights(context, seed, weights);
        Fill(initial, "", context, precision);
        _sha256 = initial.Sha256;
    }

    /// <summary>Declares a parameter.</summary>
    /// <param name="name">Its name in this module, such as <c>weight</c>.</param>
    /// <param name="shape">The sizes; a matrix is out×in.</param>
    /// <param name="role">What it is, which decides who optimizes it.</param>
    /// <param name="initial">Where it starts.</param>
    /// <param name="heads">What its rows are when it belongs to an attention projection.</param>
    protected Parameter Add(string name, Shape shape, ParameterRole role, Initial initial, HeadRows? heads = null) => Add(new Parameter(name, shape, role, heads, this), initial);

    /// <summary>Declares the bias of a choice of experts, which starts at 0; no gradient trains it, see <see cref="ParameterRole.ExpertBias"/>.</summary>
    /// <param name="name">Its name in this module.</param>
    /// <param name="experts">Number of experts.</param>
    /// <param name="rate">How far a step moves it.</param>
    protected Parameter AddExpertBias(string name, int experts, double rate) => Add(new Parameter(name, [experts], ParameterRole.ExpertBias, null, this) { BalanceRate = rate }, Initial.Zeros);

    /// <summary>Declares a module within this one.</summary>
    /// <typeparam name="T">The module's type.</typeparam>
    /// <param name="name">Its name in this module, such as <c>mlp</c>.</param>
    /// <param name="module">The module, which belongs to no other.</param>
    /// <returns>The module.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the module has a place already.</exception>
    protected T Add<T>(string name, T module) where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        if (module._parent is not null) throw new ArgumentException($"module '{name}' is a part of {module._parent.GetType().Name} already; make one for each place");
        if (module._context is not null) throw new ArgumentException($"module '{name}' has its weights already, under names of its own; add it before they are used");
        Reserve(name);
        module._parent = this;
        _parts.Add(new Part(name, module, null, default));
        return module;
    }

    internal Parameter Add(Parameter parameter, Initial initial)
    {
        Reserve(parameter.Name);
        _parts.Add(new Part(parameter.Name, null, parameter, initial));
        return parameter;
    }

    /// <summary>Called once the module's parameters have their memory: the place for tables and buffers that go with them.</summary>
    /// <param name="context">Where the model lives.</param>
    protected virtual void OnInitialized(ComputeContext context)
    {
    }

    /// <summary>Called on a whole model before its parameters are made: the last moment to say what they are.</summary>
    internal virtual void ResolveRoles()
    {
    }

    void IParameterOwner.MakeParameters() => Initialized();

    private Module Initialized()
    {
        Module root = Root;
        if (root._context is null) root.Initialize(ComputeContext.Default);
        return root;
    }

    private void Reserve(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Root._context is not null) throw new InvalidOperationException($"'{name}' comes too late: the model has its weights already; declare everything in the constructor");
        if (_parts.Exists(part => part.Name == name)) throw new ArgumentException($"{GetType().Name} has two parts named '{name}'; names must be unique");
    }

    private void Fill(InitialWeights initial, string prefix, ComputeContext context, Precision precision)
    {
        (_context, Precision) = (context, precision);
        foreach ((string name, Module? module, Parameter? parameter, Initial start) in _parts)
        {
            if (parameter is not null)
            {
                initial.Fill(parameter, prefix + name, start);
                _parameters.Add(parameter);
                continue;
            }
            module!.Fill(initial, $"{prefix}{name}.", context, precision);
            _parameters.AddRange(module._parameters);
        }
        OnInitialized(context);
    }
}
