using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Tests.Optim;

/// <summary>A matrix drawn from a seed: dense, tall, wide, rank-deficient, with zero rows, tiny or huge, from 1×1 to 96×96.</summary>
internal sealed class Sample
{
    private static readonly string[] Kinds = ["dense", "tall", "wide", "rank-deficient", "zero rows", "tiny", "huge", "one entry", "largest"];

    public Sample(int seed)
    {
        var random = new Random(seed);
        Seed = seed;
        Kind = Kinds[seed % Kinds.Length];
        int a = random.Next(1, 97), b = random.Next(1, 97);
        (Rows, Columns) = Kind switch
        {
            "tall" => (Math.Max(a, b), Math.Min(a, b)),
            "wide" => (Math.Min(a, b), Math.Max(a, b)),
            "one entry" => (1, 1),
            "largest" => (96, 96),
            _ => (a, b),
        };
        Values = Gaussian(random, Rows, Columns);
        if (Kind == "rank-deficient")
        {
            int rank = Math.Max(1, Math.Min(Rows, Columns) / 2);
            Values = Gaussian(random, Rows, rank) * Gaussian(random, rank, Columns);
        }
        if (Kind == "zero rows")
        {
            for (int row = 0; row < Rows; row += 2) Values.ClearRow(Rows - 1 - row);
            Values[0, 0] = 1;
        }
        if (Kind == "tiny") Values *= 1e-9;
        if (Kind == "huge") Values *= 1e6;
        Next = Gaussian(random, Rows, Columns) * (Kind == "tiny" ? 1e-9 : 1);
        Weights = Gaussian(random, Rows, Columns);
        Random = random;
    }

    public int Seed { get; }

    public string Kind { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>A gradient.</summary>
    public Matrix<double> Values { get; }

    /// <summary>The gradient of the next step.</summary>
    public Matrix<double> Next { get; }

    /// <summary>Weights to begin with.</summary>
    public Matrix<double> Weights { get; }

    public Random Random { get; }

    /// <summary>Every kind once; nine times with MINIGRAD_TESTS=full.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full" ? 9 * Kinds.Length : Kinds.Length)];

    public static Matrix<double> Gaussian(Random random, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (_, _) => Normal.Sample(random, 0, 1));

    public static Matrix<double> Orthogonal(Random random, int size) => Gaussian(random, size, size).QR().Q;

    /// <summary>A permutation matrix with signs.</summary>
    public static Matrix<double> SignedPermutation(Random random, int size)
    {
        int[] order = [.. Enumerable.Range(0, size)];
        random.Shuffle(order);
        var matrix = Matrix<double>.Build.Dense(size, size);
        for (int i = 0; i < size; i++) matrix[i, order[i]] = random.Next(2) == 0 ? 1 : -1;
        return matrix;
    }

    /// <summary>UVᵀ and the singular values of a matrix.</summary>
    public static (Matrix<double> U, Vector<double> S, Matrix<double> VT) Svd(Matrix<double> matrix)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Svd<double> svd = matrix.Svd(computeVectors: true);
        int r = Math.Min(matrix.RowCount, matrix.ColumnCount);
        return (svd.U.SubMatrix(0, matrix.RowCount, 0, r), svd.S, svd.VT.SubMatrix(0, r, 0, matrix.ColumnCount));
    }

    public override string ToString() => $"seed {Seed}: {Kind} {Rows}×{Columns}";
}
