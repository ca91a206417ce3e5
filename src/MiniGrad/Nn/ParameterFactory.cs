using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Randomness;
using MiniGrad.Tensors;

namespace MiniGrad.Nn;

/// <summary>Where a model's weights come from instead of random numbers, such as a checkpoint.</summary>
/// <param name="name">A parameter's name.</param>
/// <param name="shape">Its sizes.</param>
/// <returns>Its row-major values, exactly as many as the shape has.</returns>
public delegate float[] WeightSource(string name, Shape shape);

/// <summary>
/// Makes a model's parameters and their initial values. A value depends only on (seed, parameter name, index), so two
/// models share the initial weights wherever names and shapes are equal; <see cref="InitialSha256"/> is how runs prove it.
/// </summary>
/// <param name="context">Where the parameters live.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="weights">Where all values come from instead of the seed, or null.</param>
/// <param name="precision">What the products of linear layers round their operands to.</param>
/// <exception cref="ArgumentException">The back end has no products of that precision.</exception>
public sealed class ParameterFactory(ComputeContext context, ulong seed, WeightSource? weights = null, Precision precision = Precision.Float32)
{
    private readonly List<Parameter> _parameters = [];
    private readonly StringBuilder _digests = new();

    /// <summary>The context.</summary>
    public ComputeContext Context => context;

    /// <summary>What the products of linear layers round their operands to.</summary>
    public Precision Precision { get; } = context.Backend.Supports(precision) ? precision : throw new ArgumentException($"model.precision is {precision.ToString().ToLowerInvariant()}; the back end {context.Backend.Name} has no such products, so set it to float32");

    /// <summary>The parameters so far, in the order they were made.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>SHA-256 over the names, shapes and initial values so far, in hexadecimal.</summary>
    public string InitialSha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_digests.ToString())));

    /// <summary>A parameter drawn from N(0, σ²).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="role">What it is.</param>
    /// <param name="standardDeviation">σ.</param>
    /// <param name="heads">What its rows are when it belongs to an attention projection.</param>
    public Parameter Normal(string name, Shape shape, ParameterRole role, double standardDeviation, HeadRows? heads = null)
    {
        if (weights is not null) return Add(name, shape, role, weights(name, shape), heads);
        var values = new float[shape.Count];
        new CounterRandom(seed, StreamOf(name)).FillNormal(values, (float)standardDeviation);
        return Add(name, shape, role, values, heads);
    }

    /// <summary>A parameter of one value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="role">What it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="heads">What its elements are when it belongs to an attention projection.</param>
    public Parameter Constant(string name, Shape shape, ParameterRole role, double value, HeadRows? heads = null)
    {
        if (weights is not null) return Add(name, shape, role, weights(name, shape), heads);
        var values = new float[shape.Count];
        Array.Fill(values, (float)value);
        return Add(name, shape, role, values, heads);
    }

    /// <summary>The bias of a choice of experts, which starts at 0.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="experts">Number of experts.</param>
    /// <param name="rate">How far a step moves it.</param>
    public Parameter ExpertBias(string name, int experts, double rate) =>
        Add(context.ExpertBias(name, experts, rate), weights is null ? new float[experts] : weights(name, [experts]));

    private Parameter Add(string name, Shape shape, ParameterRole role, float[] values, HeadRows? heads) => Add(context.Parameter(name, shape, role, heads), values);

    private Parameter Add(Parameter parameter, float[] values)
    {
        parameter.Tensor.CopyFrom(values);
        _parameters.Add(parameter);
        _digests.Append(parameter.Name).Append(parameter.Shape).Append(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))).Append('\n');
        return parameter;
    }

    // FNV-1a: a stable hash, unlike string.GetHashCode.
    private static ulong StreamOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
