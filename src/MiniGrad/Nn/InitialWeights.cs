using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Nn;

/// <summary>
/// Gives a model's parameters their names, memory and first values. A value depends only on (seed, parameter name, index), so
/// two models share the initial weights wherever names and shapes are equal; <see cref="Sha256"/> is how runs prove it.
/// </summary>
/// <param name="context">Where the parameters come to live.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="weights">Where all values come from instead of the seed, or null.</param>
internal sealed class InitialWeights(ComputeContext context, ulong seed, WeightSource? weights)
{
    private readonly StringBuilder _digests = new();

    /// <summary>SHA-256 over the names, shapes and initial values so far, in hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_digests.ToString())));

    /// <summary>Makes a declared parameter real.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="initial">Where it starts.</param>
    public void Fill(Parameter parameter, string name, Initial initial)
    {
        parameter.Place(name, context);
        float[] values = weights?.Invoke(name, parameter.Shape) ?? new float[parameter.Shape.Count];
        if (weights is null) initial.Fill(values, seed, StreamOf(name));
        parameter.Tensor.CopyFrom(values);
        _digests.Append(name).Append(parameter.Shape).Append(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))).Append('\n');
    }

    // FNV-1a: a stable hash, unlike string.GetHashCode.
    private static ulong StreamOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
