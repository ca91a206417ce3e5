using System.Globalization;
using MiniGrad.Memory;

namespace MiniGrad.Tensors;

/// <summary>
/// Looks at every result and every gradient as it is made and keeps the first that is not finite. Each look is a download:
/// it is for replaying a step that went bad, never for training.
/// </summary>
/// <param name="context">The context that it watches.</param>
internal sealed class AnomalyDetector(ComputeContext context)
{
    private string? _lastParameter;
    private double[] _values = [];

    /// <summary>The first bad tensor in words, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>Checks a tensor that no op made, such as a parameter before the step.</summary>
    /// <returns>Where it is not finite, in words, or null.</returns>
    public string? Check(string label, BufferView data, Shape shape)
    {
        int length = checked((int)data.Length);
        if (_values.Length < length) _values = new double[length];
        context.Backend.Download(data, _values.AsSpan(0, length));
        for (int i = 0; i < length; i++)
        {
            if (!double.IsFinite(_values[i])) return string.Create(CultureInfo.InvariantCulture, $"{label} has {Name(_values[i])} at [{Place(i, shape)}]");
        }
        return null;
    }

    /// <summary>Checks an op's result.</summary>
    public void AfterForward(int slot)
    {
        if (Found is not null) return;
        ref Node node = ref context.NodeAt(slot);
        Found = Check($"the forward pass: the result of {node.Op!.Name} {node.Shape}{Whose(node)}", node.Data, node.Shape);
    }

    /// <summary>Checks the gradients that an op's backward pass has written.</summary>
    public void AfterBackward(int slot)
    {
        if (Found is not null) return;
        ref Node node = ref context.NodeAt(slot);
        for (int i = 0; i < node.InputCount && Found is null; i++)
        {
            if (node.Input(i) < 0) continue;
            ref Node input = ref context.NodeAt(node.Input(i));
            if (!input.HasGradient) continue;
            string label = input.Name is { } name ? $"'{name}'" : $"the {input.Label}";
            Found = Check($"the backward pass of {node.Op!.Name}{Whose(node)}: the gradient of {label} {input.Shape}", input.Gradient, input.Shape);
        }
    }

    // Results have no names, but parameters have: an op is known by the one it takes, or by the one used last.
    private string Whose(in Node node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (node.Input(i) < 0 || context.NodeAt(node.Input(i)).Name is not { } name) continue;
            _lastParameter = name;
            return $" with '{name}'";
        }
        return _lastParameter is null ? "" : $" after '{_lastParameter}'";
    }

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+∞" : "−∞";

    private static string Place(long index, Shape shape)
    {
        var place = new List<long>();
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            place.Insert(0, index % shape[d]);
            index /= shape[d];
        }
        return string.Join(",", place);
    }
}
