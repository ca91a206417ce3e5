using System.Globalization;

namespace MiniGrad.Tests.Ops;

/// <summary>Seeded inputs and comparisons.</summary>
internal static class TestData
{
    /// <summary>Uniform numbers.</summary>
    public static double[] Uniform(int seed, long count, double low = -2, double high = 2)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (int i = 0; i < values.Length; i++) values[i] = low + (high - low) * random.NextDouble();
        return values;
    }

    /// <summary>A seed that depends on nothing but the text.</summary>
    public static int Seed(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = (hash ^ c) * 16777619;
        return (int)(hash & 0xFFFFFFF);
    }

    /// <summary>Asserts that a tensor holds the expected values, each to <c>tolerance·max(1, |expected|)</c>.</summary>
    public static void Close(ReadOnlySpan<double> expected, Tensor actual, double tolerance = 1e-12) => Close(expected, actual.ToDoubleArray(), tolerance);

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, Tensor, double)"/>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool close = Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, string.Create(CultureInfo.InvariantCulture, $"element {i}: expected {expected[i]:r}, got {actual[i]:r}"));
        }
    }

    /// <summary>Asserts that an action fails with an <see cref="ArgumentException"/> whose one-line message has all the parts.</summary>
    public static void Refused(Action action, params string[] parts)
    {
        string message = Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.DoesNotContain('\n', message);
        foreach (string part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
