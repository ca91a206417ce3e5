namespace MiniGrad.Tensors;

/// <summary>
/// The error catalogue of tensors and ops. Each message is one line: the op, what it was given, what it expects and,
/// where there is one, the nearest fix.
/// </summary>
public static class Errors
{
    /// <summary>Two operands whose shapes do not fit.</summary>
    /// <param name="op">The op.</param>
    /// <param name="left">First operand's shape.</param>
    /// <param name="right">Second operand's shape.</param>
    /// <param name="expected">What the op expects, and the nearest fix.</param>
    public static ArgumentException Shapes(string op, Shape left, Shape right, string expected) => new($"{op}: shapes {left} and {right} do not fit; {expected}");

    /// <summary>One operand whose shape does not fit.</summary>
    /// <param name="op">The op.</param>
    /// <param name="shape">The operand's shape.</param>
    /// <param name="expected">What the op expects, and the nearest fix.</param>
    public static ArgumentException Shape(string op, Shape shape, string expected) => new($"{op}: shape {shape} does not fit; {expected}");

    /// <summary>A setting outside its range.</summary>
    /// <param name="op">The op.</param>
    /// <param name="setting">The setting's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expected">What is allowed.</param>
    public static ArgumentException Setting(string op, string setting, object value, string expected) => new($"{op}: {setting} is {value}; {expected}");

    /// <summary>Checks a number of host values.</summary>
    /// <param name="op">The op.</param>
    /// <param name="given">How many there are.</param>
    /// <param name="shape">The shape they are for.</param>
    /// <exception cref="ArgumentException">They are too few or too many.</exception>
    public static void Length(string op, long given, Shape shape)
    {
        if (given != shape.Count) throw new ArgumentException($"{op}: {given} values for shape {shape}, which has {shape.Count}");
    }

    internal static ArgumentException OtherContext(string op, ComputeContext first, ComputeContext second) =>
        new($"{op}: tensors of two contexts, on {first.Backend.Name} and on {second.Backend.Name}; copy one over with context.Tensor(shape, other.ToArray()), or give a model its context with Initialize");

    internal static ObjectDisposedException Disposed(string why, Tensor tensor) =>
        new(objectName: null, $"tensor {tensor.Slot} of step {tensor.Generation} is gone: {why}");

    internal static InvalidOperationException Dropped(string label) =>
        new($"the {label} was given back by the layer that read it last; copy what is needed with ToArray() before that");

    internal static InvalidOperationException GradientWasUsed(string label) =>
        new($"Backward: '{label}' still has the gradient of the last Step, and the new one would be added to it; call optimizer.ZeroGradients() before each Backward, or once before all micro-batches of a step");

    internal static InvalidOperationException Differentiated(string label) =>
        new($"Backward: the {label} was differentiated already, and what its backward pass needs is gone; add the losses up and call Backward once");
}
