using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Replaces the update U by its approximate polar factor O.</summary>
/// <param name="Method">How.</param>
public sealed record Orthogonalize(Orthogonalizer Method) : Stage
{
    /// <summary>Five steps of Newton–Schulz with Jordan's coefficients.</summary>
    public Orthogonalize() : this(new NewtonSchulz())
    {
    }

    /// <inheritdoc/>
    public override bool Orthogonalizes => true;

    /// <inheritdoc/>
    public override string Name => "orthogonalize";

    /// <inheritdoc/>
    public override string Formula => Method.Formula;

    /// <inheritdoc/>
    public override string? HostMemoryReason => Method.NeedsHostMemory ? "orthogonalizer.method 'polar' decomposes matrices on the host; use 'newton-schulz' there" : null;

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView input = context.Update, output = context.Scratch(input.Length);
        Method.Apply(context.Compute, context.Rows, context.Columns, input, output);
        Accept(context, input, output);
    }

    /// <summary>Goes on with what the orthogonalizer made of the update.</summary>
    /// <param name="context">The matrix.</param>
    /// <param name="input">U; stays as it is.</param>
    /// <param name="output">O, workspace that the stages behind may overwrite.</param>
    internal static void Accept(StageContext context, BufferView input, BufferView output)
    {
        context.Orthogonalized = input;
        context.Replace(output);
        if (!context.OrthogonalityDistance.IsEmpty) MeasureDistance(context, output);
    }

    /// <summary>‖OOᵀ − I‖ / √r on the shorter side, of length r: how far the singular values are from 1.</summary>
    private static void MeasureDistance(StageContext context, BufferView output)
    {
        int m = Math.Min(context.Rows, context.Columns), n = Math.Max(context.Rows, context.Columns);
        BufferView gram = context.Scratch((long)m * m);
        context.Backend.SymmetricProduct(new SymmetricCall { P = output, Q = output, C = gram, N = m, K = n, Transposed = context.Rows > context.Columns, Diagonal = -1 });
        context.Backend.Norm(gram, context.OrthogonalityDistance);
        context.Backend.Scalar(ScalarOperation.Affine, 1 / Math.Sqrt(m), 0, context.OrthogonalityDistance, context.OrthogonalityDistance);
    }
}
