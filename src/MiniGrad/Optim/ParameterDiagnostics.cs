using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>What an observed step did to one parameter.</summary>
public sealed record ParameterDiagnostics
{
    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>Root mean square of the update before learning rate and decay.</summary>
    public required double UpdateRms { get; init; }

    /// <summary>‖OOᵀ − I‖/√r, or null where it was not observed or nothing was orthogonalized.</summary>
    public double? OrthogonalityDistance { get; init; }

    /// <summary>⟨G, ΔW⟩, or null where it was not observed.</summary>
    public double? GradientDotUpdate { get; init; }

    /// <summary>The singular values of the update in short, or null where they were not observed.</summary>
    public UpdateSpectrum? Spectrum { get; init; }

    /// <summary>Matrices orthogonalized for this parameter.</summary>
    public required int MatricesOrthogonalized { get; init; }
}

/// <summary>The singular values of an update in short; of several matrices in one parameter, the extremes and the mean stable rank.</summary>
/// <param name="SigmaMin">The smallest singular value.</param>
/// <param name="SigmaMax">The largest singular value.</param>
/// <param name="StableRank">‖u‖²/σ_max².</param>
public sealed record UpdateSpectrum(double SigmaMin, double SigmaMax, double StableRank)
{
    /// <summary>The spectrum of updates that are known up to a positive factor, and by their norms.</summary>
    internal static UpdateSpectrum Of(double[] updates, IEnumerable<(MatrixPiece Piece, double Norm)> matrices)
    {
        (double min, double max, double ranks, int count) = (double.PositiveInfinity, 0, 0, 0);
        foreach ((MatrixPiece piece, double norm) in matrices)
        {
            var matrix = Matrix<double>.Build.DenseOfRowMajor(piece.Rows, piece.Columns, updates.AsSpan((int)piece.Offset, (int)piece.Count).ToArray());
            Vector<double> singular = (piece.Rows < piece.Columns ? matrix.Transpose() : matrix).Svd(computeVectors: false).S;
            double length = singular.L2Norm();
            if (!(length > 0)) continue;
            (min, max) = (Math.Min(min, singular.Minimum() * norm / length), Math.Max(max, singular.Maximum() * norm / length));
            ranks += length * length / (singular.Maximum() * singular.Maximum());
            count++;
        }
        return count == 0 ? new UpdateSpectrum(0, 0, 0) : new UpdateSpectrum(min, max, ranks / count);
    }
}
