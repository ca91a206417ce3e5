using MiniGrad.Memory;
using MiniGrad.Optim.Orthogonalization;

namespace MiniGrad;

/// <summary>
/// The exact polar factor <c>UVᵀ</c> over the singular values above <c>max(m,n)·2⁻⁵²·σ_max</c>, in float64 on the host, by
/// the eigen-decomposition of the Gram matrix of the shorter side. Zero gives zero. It is an oracle and an ablation, slower than
/// Newton–Schulz, and the decomposition makes garbage.
/// </summary>
public sealed record ExactPolar : Orthogonalizer
{
    /// <inheritdoc/>
    public override string Formula => "O = UVᵀ, the exact polar factor of U in float64";

    /// <inheritdoc/>
    public override bool NeedsHostMemory => true;

    /// <inheritdoc/>
    public override void Apply(ComputeContext context, int rows, int columns, BufferView input, BufferView result)
    {
        var values = new double[input.Length];
        context.Backend.Download(input, values);
        bool tall = rows > columns;
        if (tall) values = Transpose(values, rows, columns);
        PolarFactor.Compute(values, Math.Min(rows, columns), Math.Max(rows, columns));
        if (tall) values = Transpose(values, columns, rows);
        context.Backend.Upload(result, values);
        context.Counters.MatricesOrthogonalized++;
    }

    private static double[] Transpose(double[] matrix, int rows, int columns)
    {
        var transposed = new double[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) transposed[(j * rows) + i] = matrix[(i * columns) + j];
        }
        return transposed;
    }
}
