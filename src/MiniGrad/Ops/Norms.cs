using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>What the normalizing ops share.</summary>
internal static class Norms
{
    /// <summary>Checks operands and ε. One kernel writes all gradients, so no two operands may be one tensor.</summary>
    public static void Check(string op, Tensor x, Tensor weight, Tensor bias, double epsilon)
    {
        Shape shape = x.Shape;
        Shapes.HasColumns(op, shape);
        Shapes.IsVector(op, "weight", weight.Shape, shape, shape.Columns);
        if (!bias.IsEmpty) Shapes.IsVector(op, "bias", bias.Shape, shape, shape.Columns);
        if (x == weight || x == bias || weight == bias) throw new ArgumentException($"{op}: one tensor is given as two of operand, weight and bias; give each its own");
        if (!(epsilon >= 0)) throw Errors.Setting(op, "epsilon", epsilon, "it must be at least 0");
    }
}
