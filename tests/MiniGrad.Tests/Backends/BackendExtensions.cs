using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Short ways to put numbers into a back end's memory and to read them.</summary>
internal static class BackendExtensions
{
    public static BufferView Of(this IBackend backend, params ReadOnlySpan<double> values)
    {
        BufferView view = backend.Room(values.Length);
        backend.Upload(view, values);
        return view;
    }

    public static BufferView Ids(this IBackend backend, params ReadOnlySpan<int> ids)
    {
        BufferView view = backend.Allocate(ids.Length, ElementType.Int32).View;
        backend.Upload(view, ids);
        return view;
    }

    public static BufferView Room(this IBackend backend, long length) => backend.Allocate(length, ElementType.Real).View;

    public static BufferView Random(this IBackend backend, Random random, int length, double least = -1, double most = 1)
    {
        var values = new double[length];
        for (int i = 0; i < length; i++) values[i] = least + (random.NextDouble() * (most - least));
        return backend.Of(values);
    }

    public static double[] Read(this IBackend backend, BufferView view)
    {
        var values = new double[view.Length];
        backend.Download(view, values);
        return values;
    }

    /// <summary>Asserts that two rows of numbers agree, infinities and NaN included.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(same, $"{what} element {i}: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }
}
