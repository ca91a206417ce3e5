using MathNet.Numerics.LinearAlgebra;

namespace MiniGrad.Tests.Optim;

/// <summary>Hyper-parameters of a transcribed step.</summary>
internal sealed record Hyper(double Eta, double Lambda, double Beta, double Beta2, double Epsilon, int Steps, double Alpha = 0);

/// <summary>
/// The presets written out once more, each as its source has it, with matrices of float64 and nothing of the library's: what the
/// stages are held against at shapes and hyper-parameters that nobody recorded.
/// </summary>
internal sealed class Transcription(string preset, Hyper h, Matrix<double> weights)
{
    private const double Jordan1 = 3.4445, Jordan2 = -4.7750, Jordan3 = 2.0315;

    private static readonly double[][] Quintic =
    [
        [4.0848, -6.8946, 2.9270], [3.9505, -6.3029, 2.6377], [3.7418, -5.5913, 2.3037], [2.8769, -3.1427, 1.2046], [2.8366, -3.0525, 1.2012],
    ];

    private Matrix<double> _m = Matrix<double>.Build.Dense(weights.RowCount, weights.ColumnCount);
    private Matrix<double> _v = Matrix<double>.Build.Dense(weights.RowCount, weights.ColumnCount);
    private double _scalar;
    private int _t;

    public Matrix<double> W { get; private set; } = weights;

    private int Rows => W.RowCount;

    private int Columns => W.ColumnCount;

    private double Shape => Math.Sqrt(Math.Max(1, (double)Rows / Columns));

    private double Largest => Math.Sqrt(Math.Max(Rows, Columns));

    private double Smallest => Math.Sqrt(Math.Min(Rows, Columns));

    private double Count => Math.Sqrt((double)Rows * Columns);

    /// <summary>Whether a preset is written out here; one that is not is held by its recorded case alone.</summary>
    public static bool Has(string preset)
    {
        var one = Matrix<double>.Build.Dense(1, 1, 1);
        try
        {
            new Transcription(preset, new Hyper(1, 0, 0.5, 0.5, 1e-8, 1), one).Step(one);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static Matrix<double> Iterate(Matrix<double> x, int steps, Func<int, double[]> coefficients)
    {
        if (x.RowCount > x.ColumnCount) return Iterate(x.Transpose(), steps, coefficients).Transpose();
        for (int step = 0; step < steps; step++)
        {
            double[] abc = coefficients(step);
            Matrix<double> a = x * x.Transpose(), b = (abc[1] * a) + (abc[2] * a * a);
            x = (abc[0] * x) + (b * x);
        }
        return x;
    }

    private Matrix<double> Muon(Matrix<double> u) => Iterate(u / (u.FrobeniusNorm() + 1e-7), h.Steps, _ => [Jordan1, Jordan2, Jordan3]);

    private Matrix<double> Nvidia(Matrix<double> u) => Iterate(u / Math.Max(u.FrobeniusNorm(), 1e-15), h.Steps, step => Quintic[step % 5]);

    private Matrix<double> Average(Matrix<double> g) => _m = (h.Beta * _m) + ((1 - h.Beta) * g);

    private Matrix<double> Sum(Matrix<double> g) => _m = (h.Beta * _m) + g;

    private Matrix<double> AverageAhead(Matrix<double> g) => ((1 - h.Beta) * g) + (h.Beta * Average(g));

    private static double Inner(Matrix<double> a, Matrix<double> b) => a.PointwiseMultiply(b).Enumerate().Sum();

    private Matrix<double> Elementwise(Matrix<double> o, double beta2, double correction = 1)
    {
        _v = (beta2 * _v) + ((1 - beta2) * o.PointwisePower(2));
        return Matrix<double>.Build.Dense(Rows, Columns, (i, j) => o[i, j] / (Math.Sqrt(_v[i, j] / correction) + h.Epsilon));
    }

    /// <summary>Divides rows (or columns) by the root of their moment, kept in the first column (row) of V, and restores the norm.</summary>
    private Matrix<double> Neuron(Matrix<double> o, bool perRow, Func<double, double> root)
    {
        for (int i = 0; perRow && i < Rows; i++) _v[i, 0] = (h.Beta2 * _v[i, 0]) + ((1 - h.Beta2) * o.Row(i).PointwisePower(2).Average());
        for (int j = 0; !perRow && j < Columns; j++) _v[0, j] = (h.Beta2 * _v[0, j]) + ((1 - h.Beta2) * o.Column(j).PointwisePower(2).Average());
        var divided = Matrix<double>.Build.Dense(Rows, Columns, (i, j) => o[i, j] == 0 ? 0 : o[i, j] / root(perRow ? _v[i, 0] : _v[0, j]));
        double norm = divided.FrobeniusNorm();
        return norm == 0 ? divided : divided * (o.FrobeniusNorm() / norm);
    }

    private Matrix<double> Aligned(Matrix<double> o, double norm) => o * (norm / (o.FrobeniusNorm() + h.Epsilon));

    private void Apply(Matrix<double> update) => W = ((1 - (h.Eta * h.Lambda)) * W) - (h.Eta * update);

    public void Step(Matrix<double> g)
    {
        _t++;
        switch (preset)
        {
            case "muon":
                Apply(Shape * Muon(AverageAhead(g)));
                break;
            case "muon-torch":
                Matrix<double> ahead = AverageAhead(g);
                Apply(Shape * Iterate(ahead / Math.Max(ahead.FrobeniusNorm(), 1e-7), h.Steps, _ => [Jordan1, Jordan2, Jordan3]));
                break;
            case "muon-moonlight":
                Apply(0.2 * Largest * Muon(g + (h.Beta * Sum(g))));
                break;
            case "dual-norm-muon":
                Matrix<double> u = AverageAhead(g), o = Muon(u);
                Apply(Shape * Inner(u, o) * o);
                break;
            case "adamuon":
                Apply(Aligned(Elementwise(Muon(Sum(g).PointwiseSign()), h.Beta), 0.2 * Count));
                break;
            case "adamuon-repo":
                Apply(Aligned(Elementwise(Muon(AverageAhead(g).PointwiseSign()), h.Beta), 0.2 * Count));
                break;
            case "adamuon-v1":
                Apply(Aligned(Elementwise(Muon(AverageAhead(g)), h.Beta2, 1 - Math.Pow(h.Beta2, _t)), 0.2 * Count));
                break;
            case "adamuon-blagpt":
                Apply(Aligned(Elementwise(Muon(Average(g)), h.Beta2), 0.2 * Smallest));
                break;
            case "adamuon-pytorch-optimizer":
                Apply(Aligned(Elementwise(Muon(Average(g)), h.Beta2, 1 - Math.Pow(h.Beta2, _t)), 0.2 * Largest));
                break;
            case "nvidia-muon":
                Apply(Largest * Nvidia(Average(g)));
                break;
            case "nvidia-adamuon":
                Apply(Largest * Elementwise(Nvidia(Average(g)), h.Beta2));
                break;
            case "nvidia-normuon":
                Apply(Largest * Neuron(Nvidia(Average(g)), Rows >= Columns, v => Math.Sqrt(Math.Max(v, h.Epsilon))));
                break;
            case "nvidia-namo":
                Matrix<double> n = Average(g);
                _scalar = (h.Beta2 * _scalar) + ((1 - h.Beta2) * Inner(g, g));
                Apply(Largest * n.FrobeniusNorm() / (Math.Sqrt(_scalar) + h.Epsilon) * Nvidia(n));
                break;
            case "polargrad":
                Matrix<double> p = Average(g), q = Nvidia(p);
                Apply(Inner(p, q) * q);
                break;
            case "scion":
                Apply(Math.Sqrt((double)Rows / Columns) * Nvidia(Average(g)));
                break;
            case "normuon":
                Apply(Shape * Neuron(Muon(AverageAhead(g)), true, v => Math.Sqrt(v) + h.Epsilon));
                break;
            case "namo":
                Namo(g);
                break;
            case "adamw":
                _m = (h.Alpha * _m) + ((1 - h.Alpha) * g);
                _v = (h.Beta2 * _v) + ((1 - h.Beta2) * g.PointwisePower(2));
                double c1 = 1 - Math.Pow(h.Alpha, _t), c2 = 1 - Math.Pow(h.Beta2, _t);
                Apply((_m / c1).PointwiseDivide((_v / c2).PointwiseSqrt() + h.Epsilon));
                break;
            case "lion":
                Matrix<double> direction = ((h.Alpha * _m) + ((1 - h.Alpha) * g)).PointwiseSign();
                _m = (h.Beta2 * _m) + ((1 - h.Beta2) * g);
                Apply(direction);
                break;
            case "sgd":
                Apply(Sum(g));
                break;
            default:
                throw new ArgumentException($"preset '{preset}' is not transcribed");
        }
    }

    private void Namo(Matrix<double> g)
    {
        Matrix<double> u = AverageAhead(g), o = Muon(u);
        _scalar = (h.Beta2 * _scalar) + ((1 - h.Beta2) * Inner(g, g));
        double alpha = Math.Sqrt(1 - Math.Pow(h.Beta2, _t)) / (1 - Math.Pow(h.Beta, _t)) * u.FrobeniusNorm() / (Math.Sqrt(_scalar) + h.Epsilon);
        W = ((1 - (h.Lambda * Math.Min(h.Eta * alpha, 1))) * W) - (Math.Min(h.Eta * alpha * 0.2 * Largest, 1) * o);
    }
}
