using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Backends;
using MiniGrad.IO;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>
/// Replays recorded gradients through an optimizer, so that it can be held against another implementation. Every
/// parameter takes the main pipeline; the router is not involved.
/// </summary>
public static class Replay
{
    private const double Spacing = 1.0 / (1 << 23);

    /// <summary>Replays a case.</summary>
    /// <param name="recorded">The case.</param>
    /// <param name="backend">Where to compute; it is disposed at the end.</param>
    /// <exception cref="InvalidDataException">The optimizer cannot take a parameter's shape.</exception>
    public static ReplayResult Run(ReplayCase recorded, IBackend backend)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        using var context = new ComputeContext(backend);
        AttentionHeads[] attention = [.. recorded.Attention.Select(layer => new AttentionHeads(context, layer.Heads, layer.KvHeads))];
        List<Parameter> parameters = [.. recorded.Parameters.Select(p => Make(context, p, HeadsOf(p, recorded, attention)))];
        Optimizer optimizer = MakeOptimizer(context, parameters, recorded);
        var largest = new ParameterDeviation[parameters.Count];
        // As the back end has them: that it rounds the recorded values is no deviation of the optimizer.
        double[][] initial = [.. parameters.Select(p => p.Tensor.ToDoubleArray())];
        var moved = new double[parameters.Count];
        var steps = new List<IReadOnlyDictionary<string, double[]>>();
        for (int step = 0; step < recorded.Gradients.Count; step++)
        {
            optimizer.ZeroGradients();
            foreach (Parameter parameter in parameters)
            {
                if (recorded.Gradients[step].TryGetValue(parameter.Name, out double[]? gradient)) SetGradient(parameter, gradient);
            }
            for (int i = 0; i < attention.Length; i++) SetLogits(backend, attention[i], recorded.Attention[i].Logits[step]);
            optimizer.Step();
            var ours = new Dictionary<string, double[]>();
            for (int i = 0; i < parameters.Count; i++)
            {
                ours[parameters[i].Name] = parameters[i].Tensor.ToDoubleArray();
                double deviation = Deviation(ours[parameters[i].Name], initial[i], recorded.Expected[step][parameters[i].Name], recorded.Parameters[i].Values, ref moved[i]);
                if (step == 0 || deviation > largest[i].Largest || double.IsNaN(deviation)) largest[i] = new ParameterDeviation(parameters[i].Name, deviation, step + 1);
            }
            steps.Add(ours);
        }
        return new ReplayResult(recorded.Name, recorded.Source, recorded.Tolerance, largest, steps);
    }

    /// <summary>Sets a gradient from outside, as if a backward pass had made it.</summary>
    internal static void SetGradient(Parameter parameter, ReadOnlySpan<double> values)
    {
        Errors.Length("gradient", values.Length, parameter.Shape);
        parameter.ZeroGradient();
        ComputeContext context = parameter.Tensor.Context;
        context.Backend.Upload(context.GradientTarget(parameter.Tensor.Slot).View, values);
    }

    private static Optimizer MakeOptimizer(ComputeContext context, List<Parameter> parameters, ReplayCase recorded)
    {
        try
        {
            return new Optimizer(ParameterRouter.Everything(parameters, recorded.Options), recorded.Options);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{recorded.Name}: {e.Message}", e);
        }
    }

    /// <summary>Leaves the largest logits where the forward passes of the step would have.</summary>
    private static void SetLogits(IBackend backend, AttentionHeads attention, double[] logits)
    {
        BufferView largest = attention.ForPass();
        if (largest.IsEmpty) return;
        backend.Upload(largest, logits);
        attention.Passed();
    }

    private static HeadRows? HeadsOf(ReplayParameter parameter, ReplayCase recorded, AttentionHeads[] attention)
    {
        for (int i = 0; i < attention.Length; i++)
        {
            if (recorded.Attention[i].Query == parameter.Name) return new HeadRows(attention[i], AttentionParts.Query);
            if (recorded.Attention[i].Key == parameter.Name) return new HeadRows(attention[i], AttentionParts.Key);
        }
        return null;
    }

    private static Parameter Make(ComputeContext context, ReplayParameter recorded, HeadRows? heads)
    {
        Parameter parameter = context.Parameter(recorded.Name, recorded.Shape, ParameterRole.HiddenMatrix, heads);
        parameter.Tensor.CopyFrom(recorded.Values);
        return parameter;
    }

    /// <summary>
    /// The largest difference between how far ours and the recorded parameter have moved, divided by the furthest that the
    /// recorded one was from its start so far; NaN passes nothing.
    /// </summary>
    private static double Deviation(double[] ours, double[] oursInitial, double[] expected, double[] initial, ref double moved)
    {
        double difference = 0, size = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(ours[i] - oursInitial[i] - (expected[i] - initial[i])));
            moved = Math.Max(moved, Math.Abs(expected[i] - initial[i]));
            size = Math.Max(size, Math.Abs(initial[i]));
        }
        // What is below the spacing of float32 is how a recording was rounded, no step.
        return moved <= size * Spacing ? difference : difference / moved;
    }
}

/// <summary>How far a parameter was off.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Largest">The largest difference of the movements, ours and the recorded, over the furthest that the recorded one has moved so far, at the worst step; absolute where it never moved.</param>
/// <param name="Step">That step, from 1.</param>
public readonly record struct ParameterDeviation(string Parameter, double Largest, int Step);

/// <summary>What a replay found.</summary>
/// <param name="Name">The case.</param>
/// <param name="Source">Which implementation was recorded.</param>
/// <param name="Tolerance">What passes.</param>
/// <param name="Deviations">One per parameter.</param>
/// <param name="Parameters">Our own parameters after every step.</param>
public sealed record ReplayResult(string Name, string Source, double Tolerance, IReadOnlyList<ParameterDeviation> Deviations, IReadOnlyList<IReadOnlyDictionary<string, double[]>> Parameters)
{
    /// <summary>The largest deviation of all; NaN when one is.</summary>
    public double Largest => Deviations.Select(deviation => deviation.Largest).Aggregate(0.0, Math.Max);

    /// <summary>Whether every deviation is within the tolerance.</summary>
    public bool Passed => Deviations.All(deviation => deviation.Largest <= Tolerance);

    private static readonly JsonSerializerOptions Written = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes our own parameters after every step as <c>{"expected":[{name: values}, …]}</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public void WriteParameters(string path) => AtomicFile.Write(path, file => JsonSerializer.Serialize(file, new { expected = Parameters }, Written));
}
