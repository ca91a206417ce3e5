using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim.Orthogonalization;

/// <summary>A way to replace a matrix by its polar factor UVᵀ, or by something near it.</summary>
public abstract record Orthogonalizer
{
    /// <summary>The formula, for people.</summary>
    public abstract string Formula { get; }

    /// <summary>Whether it computes on the host, so that it runs only where the host can address the memory.</summary>
    public virtual bool NeedsHostMemory => false;

    /// <summary>Orthogonalizes a matrix.</summary>
    /// <param name="context">Where the matrix lives; its arena lends the workspace, its counters are raised.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="input">The matrix, not modified.</param>
    /// <param name="result">The result; does not overlap the input.</param>
    public abstract void Apply(ComputeContext context, int rows, int columns, BufferView input, BufferView result);
}
