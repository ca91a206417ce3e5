using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// The most by which attention with one head and its gradients can err where every operand of a product is off by at most one part
/// in 256, half of the last of bfloat16's eight bits: computed in float64, from the operands' magnitudes. Rows are one number longer than a vector.
/// </summary>
internal sealed record AttentionErrors(double[] Output, double[] Queries, double[] Keys, double[] Values)
{
    private const double Unit = 1.0 / 256, Both = 2 * Unit + Unit * Unit;

    public static AttentionErrors Of(AttentionShape shape, float[] q, float[] k, float[] v, float[] upper)
    {
        int n = shape.QueryLength, d = shape.QkSize, e = shape.ValueSize;
        double[] output = new double[n * e], queries = new double[n * (d + 1)], keys = new double[n * (d + 1)], values = new double[n * (e + 1)];
        double[] p = new double[n], errorP = new double[n], dP = new double[n], errorDP = new double[n];
        for (int i = 0; i < n; i++)
        {
            int visible = shape.Causal ? i + 1 : n;
            double error = 0, sum = 0;
            for (int j = 0; j < visible; j++)
            {
                double s = 0, magnitude = 0;
                for (int x = 0; x < d; x++)
                {
                    s += shape.Scale * q[i * (d + 1) + x] * k[j * (d + 1) + x];
                    magnitude += shape.Scale * Math.Abs(q[i * (d + 1) + x] * k[j * (d + 1) + x]);
                }
                p[j] = Math.Exp(s);
                sum += p[j];
                error = Math.Max(error, Both * magnitude);
            }

            // A weight and the sum that it is divided by each move by at most e^error.
            double relative = Math.Exp(2 * error) * (1 + 1e-5) - 1, mean = 0, errorMean = 0;
            for (int j = 0; j < visible; j++)
            {
                p[j] /= sum;
                errorP[j] = relative * p[j];
                (dP[j], errorDP[j]) = (0, 0);
                for (int x = 0; x < e; x++)
                {
                    double value = Math.Abs(v[j * (e + 1) + x]), above = Math.Abs(upper[i * e + x]), off = p[j] * value * ((1 + relative) * (1 + Both) - 1);
                    output[i * e + x] += off;
                    errorMean += above * off;
                    dP[j] += (double)upper[i * e + x] * v[j * (e + 1) + x];
                    errorDP[j] += Both * above * value;
                }
                mean += p[j] * dP[j];
            }
            for (int j = 0; j < visible; j++)
            {
                double dS = Math.Abs(p[j] * (dP[j] - mean)), errorDS = (p[j] + errorP[j]) * (errorDP[j] + errorMean) + errorP[j] * Math.Abs(dP[j] - mean);
                for (int x = 0; x < d; x++)
                {
                    queries[i * (d + 1) + x] += shape.Scale * Off(dS, errorDS, k[j * (d + 1) + x]);
                    keys[j * (d + 1) + x] += shape.Scale * Off(dS, errorDS, q[i * (d + 1) + x]);
                }
                for (int x = 0; x < e; x++) values[j * (e + 1) + x] += Off(p[j], errorP[j], upper[i * e + x]);
            }
        }
        return new(output, queries, keys, values);
    }

    // A product of two numbers that are rounded, the first of which was off before.
    private static double Off(double size, double error, double other) => Math.Abs(other) * ((size + error) * (1 + Both) - size);
}
