using MiniGrad.Memory;

namespace MiniGrad;

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

    /// <summary>Orthogonalizes matrices of one shape that lie one behind the other, each as <see cref="Apply"/> does it.</summary>
    /// <param name="context">Where the matrices live; the counters are raised for each.</param>
    /// <param name="count">How many, above 0.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="input">The matrices, not modified.</param>
    /// <param name="result">The results; does not overlap the input.</param>
    public virtual void ApplyBatch(ComputeContext context, int count, int rows, int columns, BufferView input, BufferView result)
    {
        long size = (long)rows * columns;
        for (int i = 0; i < count; i++) Apply(context, rows, columns, input.Slice(i * size, size), result.Slice(i * size, size));
    }
}
