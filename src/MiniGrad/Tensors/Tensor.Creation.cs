namespace MiniGrad;

/// <content>New tensors on the default context; a <see cref="ComputeContext"/> has the same for its own.</content>
public readonly partial struct Tensor
{
    /// <inheritdoc cref="ComputeContext.Zeros"/>
    public static Tensor Zeros(Shape shape) => ComputeContext.Default.Zeros(shape);

    /// <inheritdoc cref="ComputeContext.Ones"/>
    public static Tensor Ones(Shape shape) => ComputeContext.Default.Ones(shape);

    /// <inheritdoc cref="ComputeContext.Full"/>
    public static Tensor Full(Shape shape, double value) => ComputeContext.Default.Full(shape, value);

    /// <inheritdoc cref="ComputeContext.Randn"/>
    public static Tensor Randn(Shape shape) => ComputeContext.Default.Randn(shape);

    /// <inheritdoc cref="ComputeContext.Rand"/>
    public static Tensor Rand(Shape shape) => ComputeContext.Default.Rand(shape);

    /// <inheritdoc cref="ComputeContext.Arange(int)"/>
    public static Tensor Arange(int count) => ComputeContext.Default.Arange(count);

    /// <inheritdoc cref="ComputeContext.Arange(double, double, double)"/>
    public static Tensor Arange(double start, double end, double step = 1) => ComputeContext.Default.Arange(start, end, step);

    /// <inheritdoc cref="ComputeContext.FromArray"/>
    public static Tensor FromArray(Array values) => ComputeContext.Default.FromArray(values);

    /// <inheritdoc cref="ComputeContext.Tensor(Shape, ReadOnlySpan{float}, bool)"/>
    public static Tensor FromArray(ReadOnlySpan<float> values, Shape shape) => ComputeContext.Default.Tensor(shape, values);
}
