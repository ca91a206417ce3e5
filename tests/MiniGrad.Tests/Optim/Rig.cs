using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim;

/// <summary>Parameters with gradients set by hand, and an optimizer over them: no model, no tape.</summary>
internal sealed class Rig : IDisposable
{
    public Rig(IBackend backend, OptimizerOptions options, IEnumerable<(string Name, Matrix<double> Weights)> parameters, double? clipNorm = null)
    {
        Context = new ComputeContext(backend);
        foreach ((string name, Matrix<double> weights) in parameters)
        {
            Parameter parameter = Context.Parameter(name, [weights.RowCount, weights.ColumnCount], ParameterRole.HiddenMatrix);
            parameter.Tensor.CopyFrom(RowMajor(weights));
            Parameters.Add(parameter);
        }
        Optimizer = new Optimizer(Parameters, options, clipNorm);
    }

    public ComputeContext Context { get; }

    public List<Parameter> Parameters { get; } = [];

    public Optimizer Optimizer { get; }

    /// <summary>How much of the steps is observed.</summary>
    public Observation Observe { get; set; }

    /// <summary>A preset at learning rate 1, with changes.</summary>
    public static OptimizerOptions Options(string preset, params string[] changes) =>
        (OptimizerOptions.FromPreset(preset) with { LearningRate = 1 }).With(changes);

    /// <summary>One float64 parameter that begins at the given weights.</summary>
    public static Rig Single(OptimizerOptions options, Matrix<double> weights) => new(new ReferenceBackend<double>(), options, [("w", weights)]);

    /// <summary>The updates u of successive float64 steps at learning rate 1 from weights of zero: minus what the weights moved by.</summary>
    public static Matrix<double>[] Updates(OptimizerOptions options, params Matrix<double>[] gradients)
    {
        using Rig rig = Single(options, Matrix<double>.Build.Dense(gradients[0].RowCount, gradients[0].ColumnCount));
        var updates = new Matrix<double>[gradients.Length];
        for (int i = 0; i < gradients.Length; i++)
        {
            rig.Zero();
            updates[i] = -rig.Step(gradients[i]);
        }
        return updates;
    }

    /// <summary>Sets the weights of all parameters to zero; state stays.</summary>
    public void Zero()
    {
        foreach (Parameter parameter in Parameters) Context.Backend.Fill(parameter.Data, 0);
    }

    /// <summary>Takes a step, with null for "no gradient", and returns the first parameter.</summary>
    public Matrix<double> Step(params Matrix<double>?[] gradients)
    {
        Optimizer.ZeroGradients();
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } gradient) Replay.SetGradient(Parameters[i], RowMajor(gradient));
        }
        Optimizer.Step(observe: Observe);
        return Weights(0);
    }

    public Matrix<double> Weights(int index) => FromRowMajor(Parameters[index], Parameters[index].Tensor.ToDoubleArray());

    public double[] State(string name)
    {
        StateTensor state = Optimizer.State.Single(s => s.Name == name);
        var values = new double[state.Data.Length];
        Context.Backend.Download(state.Data, values);
        return values;
    }

    public void Dispose() => Context.Dispose();

    public static double[] RowMajor(Matrix<double> matrix) => matrix.ToRowMajorArray();

    public static Matrix<double> FromRowMajor(Parameter parameter, double[] values) =>
        Matrix<double>.Build.DenseOfRowMajor(parameter.Shape[0], parameter.Shape[1], values);
}

internal static class MatrixExtensions
{
    /// <summary>The entries as float32.</summary>
    public static float[] ToSingleBits(this Matrix<double> matrix) => [.. matrix.Enumerate().Select(value => (float)value)];
}
