using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends.Reference;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Theory;

/// <summary>AdaMuon on a known function in float64: the library's ops, backward pass and optimizer, watched from outside.</summary>
internal sealed class TheoryRun : IDisposable
{
    private readonly TheoryProblem _problem;
    private readonly TheoryPlan _plan;
    private readonly ComputeContext _context = new(new ReferenceBackend<double>());
    private readonly Parameter _x;
    private readonly Optimizer _optimizer;
    private readonly double _epsilon;
    private readonly Tensor _a;
    private readonly Tensor _b;
    private readonly Tensor _noise;
    private readonly float[] _drawn;
    private readonly double[] _moment;
    private readonly double[] _before;

    public TheoryRun(TheoryProblem problem, TheoryPlan plan)
    {
        (_problem, _plan) = (problem, plan);
        (int m, int n) = (problem.Rows, problem.Columns);
        _x = _context.Parameter("x", [m, n], ParameterRole.HiddenMatrix);
        _a = _context.Tensor([problem.A.RowCount, m], problem.A.ToRowMajorArray());
        _b = _context.Tensor([problem.B.RowCount, n], problem.B.ToRowMajorArray());
        _noise = _context.Tensor([m, n], new double[m * n]);
        (_drawn, _moment, _before) = (new float[m * n], new double[m * n], new double[m * n]);
        OptimizerOptions options = Options(plan.Eta);
        (_optimizer, _epsilon) = (new Optimizer([_x], options), options.Epsilon);
    }

    public static OptimizerOptions Options(double eta) => OptimizerOptions.FromPreset("adamuon") with { LearningRate = eta, WeightDecay = 0, Momentum = TheoryRecord.Beta };

    /// <summary>All steps, in order; each is taken when it is asked for.</summary>
    public IEnumerable<TheoryStep> Steps()
    {
        Matrix<double> x = Weights();
        double loss = _problem.Loss(x);
        for (int t = 1; t <= _plan.Steps; t++)
        {
            Matrix<double> gradient = _problem.Gradient(x);
            Take(t);
            Matrix<double> next = Weights();
            Matrix<double> moved = x - next;
            double eta = _plan.Eta * _plan.Factor(t), descent = gradient.PointwiseMultiply(moved).Enumerate().Sum(), nextLoss = _problem.Loss(next);
            (double root, double ratio) = Preconditioner();
            yield return new TheoryStep(t, eta, loss, gradient.FrobeniusNorm(), descent, nextLoss,
                Bounds.OneStep(loss, descent, _problem.Smoothness, eta, _problem.Rows, _problem.Columns),
                moved.FrobeniusNorm(), Bounds.StepNorm(eta, _problem.Rows, _problem.Columns), root, ratio);
            (x, loss) = (next, nextLoss);
        }
    }

    public void Dispose() => _context.Dispose();

    private void Take(int t)
    {
        if (_plan.Arm.Noise > 0)
        {
            new CounterRandom(_plan.Seed, 4).FillNormal(_drawn, (float)_plan.Arm.Noise, (ulong)t * (ulong)_drawn.Length);
            _noise.CopyFrom(_drawn);
        }
        _optimizer.ZeroGradients();
        using (_context.BeginStep())
        {
            Tensor residual = _a.MatMul(_x.Tensor) - _b;
            Tensor loss = _problem.Loss(residual);
            // The gradient of ⟨noise, X⟩ is the noise.
            (_plan.Arm.Noise > 0 ? loss + (_noise * _x.Tensor).Sum() : loss).Backward();
        }
        _optimizer.Step(_plan.Factor(t));
    }

    /// <summary>The largest √V, and the largest |Ô| = |O|/(√V + ε), O² being (V − βV₋₁)/(1 − β).</summary>
    private (double Root, double Ratio) Preconditioner()
    {
        const double Beta = TheoryRecord.Beta;
        _moment.CopyTo(_before, 0);
        _context.Backend.Download(_optimizer.RequireState("x/secondMoment").Data, _moment);
        double root = 0, ratio = 0;
        for (int i = 0; i < _moment.Length; i++)
        {
            double square = Math.Max(0, (_moment[i] - Beta * _before[i]) / (1 - Beta));
            root = Math.Max(root, Math.Sqrt(_moment[i]));
            ratio = Math.Max(ratio, Math.Sqrt(square) / (Math.Sqrt(_moment[i]) + _epsilon));
        }
        return (root, ratio);
    }

    private Matrix<double> Weights() => Matrix<double>.Build.DenseOfRowMajor(_problem.Rows, _problem.Columns, _x.Tensor.ToDoubleArray());
}
