using System.Runtime.InteropServices;
using MiniGrad.Randomness;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <content>New tensors: temporaries inside a step, else tensors that live as long as the context.</content>
public sealed partial class ComputeContext
{
    private const ulong DrawStream = 0x5241_4E44_0000_0000; // the upper half says "draws of this context"; the lower half counts them

    private ulong _draws;

    /// <summary>The seed of <see cref="Randn"/> and <see cref="Rand"/>: the n-th draw since it was set is a function of (seed, n).</summary>
    public ulong Seed
    {
        get;
        set => (field, _draws) = (value, 0);
    }

    /// <summary>Zeros.</summary>
    /// <param name="shape">The sizes.</param>
    public Tensor Zeros(Shape shape) => Full(shape, 0);

    /// <summary>Ones.</summary>
    /// <param name="shape">The sizes.</param>
    public Tensor Ones(Shape shape) => Full(shape, 1);

    /// <summary>Normal random numbers of mean 0 and deviation 1.</summary>
    /// <param name="shape">The sizes.</param>
    public Tensor Randn(Shape shape)
    {
        var values = new float[shape.Count];
        new CounterRandom(Seed, DrawStream + _draws++).FillNormal(values);
        return Tensor(shape, values);
    }

    /// <summary>Random numbers, uniform in [0, 1).</summary>
    /// <param name="shape">The sizes.</param>
    public Tensor Rand(Shape shape)
    {
        var values = new float[shape.Count];
        var random = new CounterRandom(Seed, DrawStream + _draws++);
        for (int i = 0; i < values.Length; i++) values[i] = random.Single((ulong)i);
        return Tensor(shape, values);
    }

    /// <summary>0, 1, … count − 1.</summary>
    /// <param name="count">How many.</param>
    public Tensor Arange(int count) => Arange(0, count);

    /// <summary>start, start + step, …, without the end.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="step">From one to the next; not 0.</param>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end.</exception>
    public Tensor Arange(double start, double end, double step = 1)
    {
        double count = Math.Ceiling((end - start) / step);
        if (!(count >= 0) || count > int.MaxValue) throw Errors.Setting("arange", "step", step, $"it must lead from {start} to {end} in finitely many steps");
        var values = new double[(int)count];
        for (int i = 0; i < values.Length; i++) values[i] = start + i * step;
        return Tensor([values.Length], values);
    }

    /// <summary>A tensor of an array's sizes and values.</summary>
    /// <param name="values">float, double or int, of up to five dimensions, such as <c>new float[,] { { 1, 2 }, { 3, 4 } }</c>.</param>
    /// <exception cref="ArgumentException">The array has other elements or more dimensions.</exception>
    public Tensor FromArray(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Shape shape = ShapeOf(values);
        return values.GetType().GetElementType() switch
        {
            { } type when type == typeof(float) => Tensor(shape, Elements<float>(values)),
            { } type when type == typeof(double) => Tensor(shape, Elements<double>(values)),
            { } type when type == typeof(int) => Tensor(shape, Array.ConvertAll(Elements<int>(values).ToArray(), x => (double)x)),
            { } type => throw new ArgumentException($"FromArray: an array of {type.Name}; it must hold float, double or int{(type.IsArray ? ", as new float[,] { … } does" : "")}"),
            null => throw new ArgumentException("FromArray: the array has no elements of one type; give float, double or int"),
        };
    }

    /// <summary>Integers such as classes or token ids, which <c>CrossEntropy</c> and <c>Embedding</c> take.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="ids">Row-major ids.</param>
    /// <exception cref="ArgumentException">The number of ids is not the shape's.</exception>
    public Indices Indices(Shape shape, ReadOnlySpan<int> ids)
    {
        Errors.Length("Indices", ids.Length, shape);
        Indices indices = Indices(shape);
        indices.CopyFrom(ids);
        return indices;
    }

    internal static Shape ShapeOf(Array values)
    {
        Span<int> sizes = stackalloc int[values.Rank];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = values.GetLength(i);
        return new Shape(sizes);
    }

    internal static ReadOnlySpan<T> Elements<T>(Array values) => MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
}
