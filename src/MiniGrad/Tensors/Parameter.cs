using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>What a parameter is in its model; the router decides by it who optimizes the parameter.</summary>
public enum ParameterRole
{
    /// <summary>A matrix inside a block: what Muon is for.</summary>
    HiddenMatrix,

    /// <summary>A token or position embedding.</summary>
    Embedding,

    /// <summary>The output head (when it is tied to an embedding there is one parameter, an <see cref="Embedding"/>).</summary>
    Head,

    /// <summary>A norm's weight or a bias.</summary>
    Vector,

    /// <summary>A stack of hidden matrices, (E,out,in), one an expert: each is a matrix of its own.</summary>
    ExpertMatrices,

    /// <summary>The affinities of a mixture of experts: one row an expert, a table rather than a map.</summary>
    Router,

    /// <summary>
    /// What is added to the affinities when experts are chosen. It has no gradient: in its place stands the load, the tokens
    /// of each expert, and the optimizer moves it toward an equal one.
    /// </summary>
    ExpertBias,
}

/// <summary>
/// A trainable tensor with a name. Its data and gradient live outside any step. One that a <see cref="Module"/> declares gets
/// them when the whole model does, which asking for them brings about.
/// </summary>
public sealed class Parameter
{
    private readonly IParameterOwner? _owner;
    private Tensor _tensor;

    internal Parameter(string name, Tensor tensor, ParameterRole role, HeadRows? heads = null) => (Name, _tensor, Shape, Role, Heads) = (name, tensor, tensor.Shape, role, heads);

    internal Parameter(string name, Shape shape, ParameterRole role, HeadRows? heads, IParameterOwner owner) => (Name, Shape, Role, Heads, _owner) = (name, shape, role, heads, owner);

    /// <summary>The name, unique in its model: the path to it.</summary>
    public string Name { get; private set; }

    /// <summary>The parameter as an input of ops.</summary>
    public Tensor Tensor
    {
        get
        {
            if (_tensor.IsEmpty) _owner!.MakeParameters();
            return _tensor;
        }
    }

    /// <summary>What it is.</summary>
    public ParameterRole Role { get; internal set; }

    /// <summary>Whether nobody said the role: a <see cref="Linear"/> is taken to be inside the model.</summary>
    internal bool RoleIsAssumed { get; set; }

    /// <summary>What its rows are when it belongs to an attention projection, else null.</summary>
    public HeadRows? Heads { get; }

    /// <summary>How far a step moves an <see cref="ParameterRole.ExpertBias"/>; 0 for everything else.</summary>
    public double BalanceRate { get; internal init; }

    /// <summary>Whether it is trained by its gradient.</summary>
    public bool IsTrained => Role != ParameterRole.ExpertBias;

    /// <summary>Whether it is a matrix inside a block, or a stack of them.</summary>
    public bool IsHidden => Role is ParameterRole.HiddenMatrix or ParameterRole.ExpertMatrices;

    /// <summary>The sizes; a matrix is out×in.</summary>
    public Shape Shape { get; }

    /// <summary>The data.</summary>
    public BufferView Data => Tensor.Data;

    /// <summary>The gradient summed since the last <see cref="ZeroGradient"/>, or the default value when there is none.</summary>
    public Tensor Gradient => Tensor.Gradient;

    /// <summary>The gradient's data, or the empty view when there is none.</summary>
    public BufferView GradientData => Tensor.GradientData;

    /// <summary>Whether there is a gradient.</summary>
    public bool HasGradient => !GradientData.IsEmpty;

    /// <summary>Forgets the gradient; the next backward pass overwrites it.</summary>
    public void ZeroGradient() => Tensor.Context.ZeroGradient(Tensor.Slot);

    /// <summary>Says that an optimizer's step has used the gradient.</summary>
    internal void MarkGradientUsed() => Tensor.Context.MarkGradientUsed(Tensor.Slot);

    /// <summary>Lends the parameter as an input of ops.</summary>
    /// <param name="parameter">The parameter.</param>
    public static implicit operator Tensor(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Tensor;
    }

    /// <summary>The parameter's tensor.</summary>
    public Tensor ToTensor() => Tensor;

    /// <summary>Gives a declared parameter its full name and its memory.</summary>
    internal void Place(string name, ComputeContext context)
    {
        _tensor = context.Parameter(name, Shape, Role, Heads)._tensor;
        Name = name;
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}
